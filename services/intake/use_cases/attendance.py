"""Who came to a session, as publishers and our own staff say; the newest of each person stands."""

from dataclasses import replace
from uuid import UUID

from services.intake.domain.engagements import Attendance, Attended, Session
from services.intake.domain.order import Said
from services.intake.ports import Desk
from services.intake.use_cases.cases import UNKNOWN_REFERENCE, Case, Effect
from services.intake.use_cases.engagements import known_engagement
from shared.changes import NOTHING, Changes
from shared.contracts import engagements as contract
from shared.contracts import sessions
from shared.contracts.engagements import EngagementAttendanceRecorded
from shared.facts import Header

SessionEvent = (
    sessions.SessionAnnounced
    | sessions.SessionUpdated
    | sessions.SessionRescheduled
    | sessions.SessionUnscheduled
    | sessions.SessionCancelled
)

BY_STAFF = "our staff"
"""In place of a publisher's name, which has no blank."""


async def know_session(event: SessionEvent, desk: Desk) -> Changes:
    """Remember whose a session is: that never changes."""
    if await desk.sessions.get(event.subject):
        return NOTHING
    session = Session(event.subject, event.hub, str(event.data.engagement_id))
    return Changes((desk.sessions.keep(session),))


async def take_attendance(case: Case) -> Effect | None:
    """Note who came to a session, beside what was noted before."""
    forms = case.form.forms("attendances")
    people = await case.people(
        [(form.pointer("reference"), form.text("reference")) for form in forms]
    )
    if not case.form.text("session_id"):
        return None
    before = await _attendance(case)
    if before is None or case.report.faults:
        return None
    news = tuple(
        Attended(
            person.id,
            form.flag("attended", default=False),
            form.number("hours"),
            case.arrival.publisher.name,
            case.said,
        )
        for form, person in zip(forms, people, strict=True)
        if person
    )
    if all(before.is_later_than(each) for each in news):
        return case.overtaken(before.id)
    return Effect(before.id, _recorded(before, news, case.head(), case.desk))


async def _attendance(case: Case) -> Attendance | None:
    """Return what is known of who came; a session must be of the hub, and of the engagement named.

    A session that was never heard of is known by an engagement of the publisher's own.
    """
    session_id = str(UUID(case.form.text("session_id")))
    session = await case.desk.sessions.get(session_id)
    named = case.form.text("engagement_reference")
    engagement = await known_engagement(case, "engagement_reference") if named else None
    if session is None and not named:
        sentence = "No session of this hub has this id; of one before we kept them, say also of "
        sentence += "which engagement it is (engagement_reference)."
        case.report.fault("/data/session_id", UNKNOWN_REFERENCE, sentence)
    if session and session.hub != case.arrival.hub:
        sentence = "This session belongs to another hub."
        case.report.fault("/data/session_id", "another-hub", sentence)
    if session and engagement and session.engagement_id != engagement.id:
        sentence = "This session belongs to another engagement."
        case.report.fault("/data/session_id", "another-engagement", sentence)
    of = session.engagement_id if session else engagement.id if engagement else None
    known = await case.desk.attendances.get(session_id)
    if known is None or of is None:
        return Attendance(session_id, case.arrival.hub, of) if of else None
    if session is None and (known.hub, known.engagement_id or of) != (case.arrival.hub, of):
        sentence = "This session belongs to another engagement."
        case.report.fault("/data/session_id", "another-engagement", sentence)
    return replace(known, hub=case.arrival.hub, engagement_id=of)


async def note_attendance(event: sessions.SessionAttendanceNoted, desk: Desk) -> Changes:
    """Note who came, as our staff say, who corrected it perhaps."""
    session_id = str(event.data.session_id)
    known = await desk.attendances.get(session_id) or Attendance(session_id, event.hub)
    known = replace(known, hub=event.hub, engagement_id=str(event.data.engagement_id))
    said = Said(event.time, event.sequence)
    news = tuple(
        Attended(str(each.participant_id), each.attended, each.hours, BY_STAFF, said)
        for each in event.data.attendances
    )
    if all(known.is_later_than(each) for each in news):
        return NOTHING
    return _recorded(known, news, desk.facts.caused_by(event), desk)


def _recorded(
    before: Attendance, news: tuple[Attended, ...], header: Header, desk: Desk
) -> Changes:
    after = replace(before, attended=before.with_all(news))
    event = EngagementAttendanceRecorded(
        **header, subject=after.id, sequence=after.version + 1, data=_state(after)
    )
    return Changes((desk.attendances.keep(after),), (event,))


def _state(attendance: Attendance) -> contract.AttendanceState:
    return contract.AttendanceState(
        engagement_id=UUID(attendance.engagement_id) if attendance.engagement_id else None,
        session_id=UUID(attendance.id),
        attendances=tuple(
            contract.Attendance(
                participant_id=UUID(each.participant_id),
                attended=each.attended,
                hours=each.hours,
            )
            for each in attendance.attended
        ),
    )
