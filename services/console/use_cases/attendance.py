"""Staff note who came to a session; noted again, the newest stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid5

from services.console.ports import Knowledge, SessionView
from services.console.use_cases.audit import noted
from services.console.use_cases.erasure import ERASED
from services.console.use_cases.sign_in import Visitor
from shared.changes import Changes
from shared.contracts.engagements import Attendance
from shared.contracts.sessions import (
    Answer,
    AttendanceNote,
    Attendee,
    SessionAttendanceNoted,
    SessionStatus,
)
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts

NOTED_FOR = timedelta(days=30)
QUARTERS = 4
MOST_HOURS = 12


class NotNowError(RuleError):
    """The session has not begun, does not take place, or was too long ago."""

    code = "attendance-not-now"


class HoursError(RuleError):
    """The hours are not quarters of an hour, up to half a day."""

    code = "attendance-hours"


@dataclass(frozen=True, slots=True)
class Noted:
    """Who came to a session and for how many hours, by participant id."""

    session_id: str
    hours: Mapping[str, float]
    staff: Visitor


def can_be_noted(session: SessionView, now: datetime) -> bool:
    """Whether the session has begun, and was not too long ago."""
    state = session.state
    if state.status is not SessionStatus.ANNOUNCED or not (state.starts_at and state.ends_at):
        return False
    return state.starts_at <= now < state.ends_at + NOTED_FOR


def expected(session: SessionView) -> list[Attendee]:
    """Return who said yes, or came all the same."""
    return [each for each in _known(session) if each.answer is Answer.ACCEPTED or each.attended]


def others(session: SessionView) -> list[Attendee]:
    """Return who was asked, and was not expected."""
    here = expected(session)
    return [each for each in _known(session) if each not in here]


def place_id(session: SessionView, each: Attendee) -> str:
    """Return the id of a person at a session, which tells neither who they are nor where else."""
    return str(uuid5(session.state.session_id, str(each.participant_id)))


def usual_hours(session: SessionView) -> float:
    """Return how long the session lasts, in quarters of an hour."""
    state = session.state
    if not (state.starts_at and state.ends_at):
        return 0
    hours = (state.ends_at - state.starts_at) / timedelta(hours=1)
    return round(hours * QUARTERS) / QUARTERS


async def note_attendance(seen: Noted, known: Knowledge, facts: Facts) -> Changes:
    """Say who came, and of who was expected, who did not.

    Raises NotFoundError, NotNowError, HoursError.
    """
    session = await known.sessions.get(seen.session_id)
    if session is None or session.hub not in seen.staff.hubs:
        raise NotFoundError("no such session")
    if not can_be_noted(session, facts.now()):
        raise NotNowError("attendance is not noted now")
    if not all(map(are_hours, seen.hours.values())):
        raise HoursError("hours are quarters of an hour")
    asked = replace(session, notes=session.notes + 1)
    event = SessionAttendanceNoted(
        **facts.started(
            session.hub, correlation_id=session.correlation_id, causation_id=session.event_id
        ),
        subject=session.id,
        sequence=asked.notes,
        data=AttendanceNote(
            session_id=session.state.session_id,
            engagement_id=session.state.engagement_id,
            by=seen.staff.username,
            attendances=_attendances(session, seen.hours),
        ),
    )
    row = noted(
        known.audit,
        facts,
        who=seen.staff.username,
        what="attendance_noted",
        about=session.id,
        hub=session.hub,
    )
    return Changes((known.sessions.keep(asked),), (event,)) + row


def _attendances(session: SessionView, hours: Mapping[str, float]) -> tuple[Attendance, ...]:
    here = expected(session)
    return tuple(
        Attendance(
            participant_id=each.participant_id,
            attended=str(each.participant_id) in hours,
            hours=hours.get(str(each.participant_id)),
        )
        for each in _known(session)
        if each in here or str(each.participant_id) in hours
    )


def _known(session: SessionView) -> list[Attendee]:
    return [each for each in session.state.attendees if each.participant_reference != ERASED]


def are_hours(hours: float) -> bool:
    """Whether somebody can have come for so long."""
    return 0 < hours <= MOST_HOURS and (hours * QUARTERS).is_integer()
