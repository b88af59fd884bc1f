"""Who came is told with the session, by the newest that was heard of it."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from shared.contracts.engagements import EngagementAttendanceRecorded
from shared.contracts.sessions import SessionAnnounced, SessionState, SessionUpdated
from tests.builders.events import an_event
from tests.builders.scheduling import ENGAGEMENT, HUB, approved, erased, person_id
from tests.fakes.scheduling import Stage


async def held(stage: Stage) -> SessionState:
    await stage.hear(approved("ada", "ben"))
    session: SessionState = stage.heard(SessionAnnounced)[0].data
    await stage.wait(session.starts_at - stage.now)
    stage.forget_events()
    return session


def recorded(session_id: UUID, *, at: int = 1, **said: Any) -> EngagementAttendanceRecorded:
    came = [
        {"participant_id": person_id("ada"), "attended": True, "hours": at / 4},
        {"participant_id": person_id("ben"), "attended": False},
    ]
    data = {"session_id": session_id, "engagement_id": ENGAGEMENT, "attendances": came}
    header = {"id": str(uuid4()), "hub": said.pop("hub", HUB), "sequence": at}
    return an_event(
        EngagementAttendanceRecorded, data=data | said, subject=str(session_id), **header
    )


async def test_who_came_and_for_how_long_is_told_with_the_session(stage: Stage) -> None:
    session = await held(stage)

    await stage.hear(recorded(session.session_id, at=2), recorded(session.session_id, at=1))

    [told] = stage.heard(SessionUpdated)
    came = {str(each.participant_id): (each.attended, each.hours) for each in told.data.attendees}
    assert came == {person_id("ada"): (True, 0.5), person_id("ben"): (False, None)}


async def test_a_correction_is_told_anew(stage: Stage) -> None:
    session = await held(stage)

    await stage.hear(recorded(session.session_id, at=1), recorded(session.session_id, at=3))

    told = [event.data.attendees[0].hours for event in stage.heard(SessionUpdated)]
    assert told == [0.25, 0.75]


async def test_what_names_another_engagement_hub_or_session_is_not_taken_in(stage: Stage) -> None:
    session = await held(stage)

    await stage.hear(
        recorded(session.session_id, engagement_id=uuid5(ENGAGEMENT, "other")),
        recorded(session.session_id, hub="lambeth"),
        recorded(uuid4()),
    )

    assert stage.heard(SessionUpdated) == []


async def test_of_who_is_erased_nothing_is_kept_of_it(stage: Stage) -> None:
    session = await held(stage)
    await stage.hear(recorded(session.session_id))

    await stage.hear(erased("ada"))

    [kept, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert [each.participant_id for each in kept.came] == [person_id("ben")]
