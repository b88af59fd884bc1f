"""What is noted of who came to a session, as matching hears it."""

from uuid import UUID

from shared.contracts.engagements import (
    Attendance,
    AttendanceState,
    EngagementAttendanceRecorded,
    EngagementPublished,
)
from shared.contracts.participants import ParticipantState
from tests.builders.events import an_event
from tests.builders.matching import HUB, session_id


def attended(
    event: EngagementPublished,
    *came: ParticipantState,
    missed: tuple[ParticipantState, ...] = (),
    sequence: int = 1,
) -> EngagementAttendanceRecorded:
    """Tell who came to the first session of an engagement, and who did not."""
    session: UUID = session_id(event)
    people = [(each.participant_id, True) for each in came]
    people += [(each.participant_id, False) for each in missed]
    noted = tuple(Attendance(participant_id=who, attended=so) for who, so in people)
    data = AttendanceState(session_id=session, attendances=noted)
    return an_event(
        EngagementAttendanceRecorded, data=data, subject=str(session), sequence=sequence, hub=HUB
    )
