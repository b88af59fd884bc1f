"""Staff call a session off, as they saw it."""

from dataclasses import dataclass, replace

from services.console.ports import Knowledge, SessionView
from services.console.use_cases.audit import noted
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.sessions import CancelOrder, SessionCancelRequested, SessionStatus
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts


class SessionMovedOnError(RuleError):
    """The session moved after staff looked at it, has begun, or is called off."""

    code = "session-moved-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A session as staff saw it: its `calendar_sequence` tells when and where it was."""

    session_id: str
    calendar_sequence: int
    staff: Visitor


async def call_off(seen: Seen, known: Knowledge, facts: Facts) -> Changes:
    """Ask scheduling to cancel one session; asked twice is asked once.

    Raises NotFoundError, SessionMovedOnError.
    """
    session = await known.sessions.get(seen.session_id)
    if session is None or session.hub not in seen.staff.hubs:
        raise NotFoundError("no such session")
    if session.is_called_off:
        return NOTHING
    if not can_be_called_off(session, facts) or (
        session.state.calendar_sequence != seen.calendar_sequence
    ):
        raise SessionMovedOnError("the session is not as it was seen")
    by = seen.staff.username
    event = SessionCancelRequested(
        **facts.started(
            session.hub, correlation_id=session.correlation_id, causation_id=session.event_id
        ),
        subject=session.id,
        data=CancelOrder(
            session_id=session.state.session_id, engagement_id=session.state.engagement_id, by=by
        ),
    )
    asked = known.sessions.keep(
        replace(session, called_off_by=by, called_off_at=session.state.calendar_sequence)
    )
    return Changes((asked,), (event,)) + noted(
        known.audit, facts, who=by, what="session_called_off", about=session.id, hub=session.hub
    )


def can_be_called_off(session: SessionView, facts: Facts) -> bool:
    """Whether it is announced, has not begun, and nobody has called it off."""
    state, now = session.state, facts.now()
    ahead = state.starts_at is not None and state.starts_at > now
    return state.status is SessionStatus.ANNOUNCED and ahead and not session.is_called_off
