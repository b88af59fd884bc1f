"""Staff ask of a session: to call it off or move it, do without a need or without a worker."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import uuid5

from services.console.ports import Acceptance, Knowledge, SessionView, SupportNote
from services.console.use_cases.audit import noted
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.sessions import (
    CancelOrder,
    MoveRequest,
    NeedsAcceptance,
    SessionCancelRequested,
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionStatus,
    SessionSupportChanged,
    SupportChange,
)
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts, Header

Direction = (
    SessionCancelRequested | SessionMoveRequested | SessionNeedsAccepted | SessionSupportChanged
)

FEWEST_LETTERS = 10
"""Of what is written when a need is given up: more than "ok"."""
MOST_LETTERS = 2_000


class NotWrittenError(RuleError):
    """A need is not given up without a sentence on why, or without saying which.

    `faults` are all there are: of `need`, `short`, `long`.
    """

    code = "not-written"

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("say which need, and why it is given up")
        self.faults = faults


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
    session = await _own(seen, known)
    if session.is_called_off:
        return NOTHING
    _check_seen(session, seen, facts)
    state, by = session.state, seen.staff.username
    order = CancelOrder(session_id=state.session_id, engagement_id=state.engagement_id, by=by)
    event = SessionCancelRequested(**_header(session, facts), subject=session.id, data=order)
    kept = replace(session, called_off_by=by, called_off_at=state.calendar_sequence)
    return _asked(kept, event, "session_called_off", known, facts)


async def move(seen: Seen, known: Knowledge, facts: Facts) -> Changes:
    """Ask scheduling for another time; asked twice of one time is asked once.

    Raises NotFoundError, SessionMovedOnError.
    """
    session = await _as_seen(seen, known, facts)
    if session.is_to_move:
        return NOTHING
    state, by = session.state, seen.staff.username
    request = MoveRequest(
        engagement_id=state.engagement_id,
        session_id=state.session_id,
        calendar_sequence=state.calendar_sequence,
        by=by,
    )
    event = SessionMoveRequested(**_header(session, facts), subject=session.id, data=request)
    kept = replace(session, moved_by=by, moved_at=session.stand)
    return _asked(kept, event, "session_move_requested", known, facts)


async def accept_needs(
    seen: Seen, needs: Collection[str], wording: str, known: Knowledge, facts: Facts
) -> Changes:
    """Accept, in writing, that needs of the session will not be met.

    What is written stays here. Raises NotFoundError, SessionMovedOnError, NotWrittenError.
    """
    session = await _own(seen, known)
    if session.state.calendar_sequence != seen.calendar_sequence:
        raise SessionMovedOnError("the session is not as it was seen")
    given_up = tuple(each for each in session.state.unmet if each in needs)
    _check_written(given_up, wording.strip())
    by = seen.staff.username
    acceptance = NeedsAcceptance(
        engagement_id=session.state.engagement_id,
        session_id=session.state.session_id,
        needs=given_up,
        by=by,
    )
    event = SessionNeedsAccepted(**_header(session, facts), subject=session.id, data=acceptance)
    written = Acceptance(needs=given_up, wording=wording.strip(), by=by, at=facts.now())
    kept = replace(session, acceptances=(*session.acceptances, written))
    return _asked(kept, event, "session_needs_accepted", known, facts)


def _check_written(given_up: Collection[str], wording: str) -> None:
    found = {
        "need": not given_up,
        "short": len(wording) < FEWEST_LETTERS,
        "long": len(wording) > MOST_LETTERS,
    }
    if faults := tuple(name for name, is_there in found.items() if is_there):
        raise NotWrittenError(faults)


async def change_support(
    seen: Seen, resource_id: str, known: Knowledge, facts: Facts, *, cannot_come: bool
) -> Changes:
    """Note that somebody booked for the session cannot come, or can again.

    Raises NotFoundError, SessionMovedOnError.
    """
    session = await _as_seen(seen, known, facts)
    notes = {each.resource_id: each for each in session.support_notes}
    booked = {each.resource_id: each.shown_as for each in session.state.support}
    before = notes.get(resource_id)
    if before is None and resource_id not in booked:
        raise NotFoundError("nobody who is booked for this session")
    now = session.state.calendar_sequence
    if before and (before.cannot_come, before.calendar_sequence) == (cannot_come, now):
        return NOTHING
    by = seen.staff.username
    note = SupportNote(
        resource_id=resource_id,
        shown_as=booked.get(resource_id) or (before.shown_as if before else resource_id),
        cannot_come=cannot_come,
        by=by,
        count=(before.count if before else 0) + 1,
        calendar_sequence=now,
    )
    event = _support_changed(session, note, facts)
    kept = replace(session, support_notes=tuple((notes | {resource_id: note}).values()))
    return _asked(kept, event, "session_support_changed", known, facts)


async def _as_seen(seen: Seen, known: Knowledge, facts: Facts) -> SessionView:
    session = await _own(seen, known)
    _check_seen(session, seen, facts)
    return session


def can_be_called_off(session: SessionView, facts: Facts) -> bool:
    """Whether it is announced, has not begun, and nobody has called it off."""
    state, now = session.state, facts.now()
    ahead = state.starts_at is not None and state.starts_at > now
    return state.status is SessionStatus.ANNOUNCED and ahead and not session.is_called_off


def _check_seen(session: SessionView, seen: Seen, facts: Facts) -> None:
    is_as_seen = session.state.calendar_sequence == seen.calendar_sequence
    if not is_as_seen or not can_be_called_off(session, facts):
        raise SessionMovedOnError("the session is not as it was seen")


async def _own(seen: Seen, known: Knowledge) -> SessionView:
    session = await known.sessions.get(seen.session_id)
    if session is None or session.hub not in seen.staff.hubs:
        raise NotFoundError("no such session")
    return session


def _support_changed(
    session: SessionView, note: SupportNote, facts: Facts
) -> SessionSupportChanged:
    state = session.state
    if state.starts_at is None or state.ends_at is None:
        raise SessionMovedOnError("the session has no time")
    return SessionSupportChanged(
        **_header(session, facts),
        subject=str(uuid5(state.session_id, note.resource_id)),
        sequence=note.count,
        data=SupportChange(
            engagement_id=state.engagement_id,
            session_id=state.session_id,
            resource_id=note.resource_id,
            starts_at=state.starts_at,
            ends_at=state.ends_at,
            cannot_come=note.cannot_come,
            by=note.by,
        ),
    )


def _header(session: SessionView, facts: Facts) -> Header:
    return facts.started(
        session.hub, correlation_id=session.correlation_id, causation_id=session.event_id
    )


def _asked(
    kept: SessionView, event: Direction, what: str, known: Knowledge, facts: Facts
) -> Changes:
    told = Changes((known.sessions.keep(kept),), (event,))
    by = event.data.by
    return told + noted(known.audit, facts, who=by, what=what, about=kept.id, hub=kept.hub)
