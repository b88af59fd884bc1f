"""Who came to a session, as it is told."""

from dataclasses import replace

from services.scheduling.domain.sessions.session import Came
from services.scheduling.ports import Diary
from services.scheduling.use_cases.telling import session_events
from shared.changes import NOTHING, Changes
from shared.contracts.engagements import EngagementAttendanceRecorded
from shared.facts import Facts


async def note_attendance(
    event: EngagementAttendanceRecorded, diary: Diary, facts: Facts
) -> Changes:
    """Keep the newest of who came, and tell it with the session.

    What names another hub or engagement than the session's is about no session of theirs.
    """
    session = await diary.sessions.get(str(event.data.session_id))
    if session is None or event.sequence <= session.came_sequence:
        return NOTHING
    of_another = str(event.data.engagement_id or session.engagement_id) != session.engagement_id
    if of_another or event.hub != session.hub:
        return NOTHING
    came = tuple(
        Came(str(each.participant_id), each.attended, each.hours) for each in event.data.attendances
    )
    after = replace(session, came=came, came_sequence=event.sequence)
    told = session_events(session, after, facts.caused_by(event))
    return Changes((diary.sessions.keep(after),), told)
