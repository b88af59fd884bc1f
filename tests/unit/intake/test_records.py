"""What came of an engagement: attendance, feedback, outcomes."""

from typing import Any
from uuid import UUID, uuid4

from services.intake.use_cases.attendance import know_session, note_attendance
from services.intake.use_cases.receiving import Received
from shared.contracts.sessions import SessionAnnounced, SessionAttendanceNoted
from tests.builders.events import an_event
from tests.builders.intake import HUB, engagement, event, intake, person, pointers, send
from tests.fakes.intake import Intake
from tests.fakes.store import InMemoryCollection


async def started() -> tuple[Intake, str, str]:
    desk, asked, stated = intake(), engagement(), person()
    await send(desk, event(asked, type="engagement.submitted"))
    await send(desk, event(stated))
    return desk, asked["reference"], stated["reference"]


async def met(desk: Intake, session_id: UUID | None = None, *, hub: str = HUB) -> str:
    """Let intake hear of a session of the first engagement."""
    [asked, *_] = await desk.desk.engagements.where(lambda _: True)  # type: ignore[attr-defined]
    data = {"session_id": session_id or uuid4(), "engagement_id": asked.id}
    told = an_event(SessionAnnounced, data=data, subject=str(data["session_id"]), hub=hub)
    desk.store.commit(await know_session(told, desk.desk))
    return str(data["session_id"])


def came(session_id: str, reference: str, **said: Any) -> dict[str, Any]:
    attendances = [{"reference": reference, "attended": True}]
    return event(
        {"session_id": session_id, "attendances": attendances, **said}, type="attendance.recorded"
    )


async def test_who_came_adds_up_over_several_submissions() -> None:
    desk, _, reference = await started()
    other = person()
    await send(desk, event(other))
    session_id = await met(desk)

    for each, came in ((reference, False), (other["reference"], True), (reference, True)):
        attendances = [{"reference": each, "attended": came, "hours": 2}]
        data = {"session_id": session_id, "attendances": attendances}
        await send(desk, event(data, type="attendance.recorded"))

    last = [e for e in desk.store.events if e.TYPE.endswith("attendance_recorded.v1")][-1]
    assert (last.subject, last.sequence) == (session_id, 3)
    assert [each.attended for each in last.data.attendances] == [True, True]


async def test_who_came_is_as_was_said_last_of_each() -> None:
    desk, _, reference = await started()
    other = person()
    await send(desk, event(other))
    session_id = await met(desk)

    async def noted(sequence: int, *references: str, came: bool) -> Received:
        attendances = [{"reference": each, "attended": came} for each in references]
        data = {"session_id": session_id, "attendances": attendances}
        return await send(desk, event(data, type="attendance.recorded", sequence=sequence))

    await noted(3, reference, came=True)
    await noted(2, reference, other["reference"], came=False)
    late = await noted(1, other["reference"], came=True)

    [*_, last] = [e for e in desk.store.events if e.TYPE.endswith("attendance_recorded.v1")]
    assert [each.attended for each in last.data.attendances] == [True, False]
    assert late.submission.notes


async def test_attendance_of_somebody_unknown_is_a_fault_at_their_place() -> None:
    desk, _, reference = await started()
    data = {
        "session_id": await met(desk),
        "attendances": [
            {"reference": reference, "attended": True},
            {"reference": "nobody", "attended": True},
            {"attended": True},
        ],
    }

    received = await send(desk, event(data, type="attendance.recorded"))

    assert pointers(received) == {
        "/data/attendances/1/reference": "unknown-reference",
        "/data/attendances/2/reference": "missing",
    }


async def test_a_session_that_nobody_told_of_needs_an_engagement_of_the_publishers_own() -> None:
    desk, asked, reference = await started()
    guessed = str(uuid4())

    refused = await send(desk, came(guessed, reference))
    theirs = await send(desk, came(guessed, reference, engagement_reference="not-ours"))
    accepted = await send(desk, came(guessed, reference, engagement_reference=asked))

    assert pointers(refused) == {"/data/session_id": "unknown-reference"}
    assert pointers(theirs) == {"/data/engagement_reference": "unknown-reference"}
    assert accepted.submission.status == "accepted"
    [told] = [e for e in desk.store.events if e.TYPE.endswith("attendance_recorded.v1")]
    assert told.data.engagement_id is not None


async def test_a_session_is_of_its_own_hub_and_engagement_only() -> None:
    desk, _, reference = await started()
    other = engagement()
    await send(desk, event(other, type="engagement.submitted"))
    elsewhere, here = await met(desk, hub="lambeth"), await met(desk)

    of_hub = await send(desk, came(elsewhere, reference))
    of_engagement = await send(desk, came(here, reference, engagement_reference=other["reference"]))

    assert pointers(of_hub) == {"/data/session_id": "another-hub"}
    assert pointers(of_engagement) == {"/data/session_id": "another-engagement"}


async def test_who_guessed_a_session_of_another_hub_before_does_not_keep_it() -> None:
    desk, asked, reference = await started()
    guessed = uuid4()
    await send(desk, event(engagement(reference=asked), type="engagement.submitted", hub="lambeth"))
    await send(desk, event(person(reference="L-1"), hub="lambeth"))
    early = came(str(guessed), "L-1", engagement_reference=asked) | {"hub": "lambeth"}
    await send(desk, early)

    true = await send(desk, came(await met(desk, guessed), reference))

    assert true.submission.status == "accepted"
    [*_, told] = [e for e in desk.store.events if e.TYPE.endswith("attendance_recorded.v1")]
    assert told.hub == HUB


async def note(desk: Intake, session_id: str, *, at: int, came: bool, hours: float = 2.0) -> None:
    """Let a member of staff note whether the one person came."""
    [known] = desk.people
    data = {
        "session_id": session_id,
        "attendances": [{"participant_id": known.id, "attended": came, "hours": hours}],
    }
    noted = an_event(SessionAttendanceNoted, data=data, subject=session_id, sequence=at, hub=HUB)
    desk.store.commit(await note_attendance(noted, desk.desk))


async def test_what_staff_note_is_told_like_a_publishers_word_and_the_newest_stands() -> None:
    desk, *_ = await started()
    session_id = await met(desk)

    await note(desk, session_id, at=1, came=False)
    await note(desk, session_id, at=3, came=True, hours=1.25)
    await note(desk, session_id, at=2, came=False)

    told = [e for e in desk.store.events if e.TYPE.endswith("attendance_recorded.v1")]
    assert [(e.sequence, e.data.attendances[0].hours) for e in told] == [(1, 2.0), (2, 1.25)]
    assert told[-1].data.attendances[0].attended
    assert (told[-1].subject, told[-1].hub) == (session_id, HUB)


async def test_feedback_may_come_without_a_name() -> None:
    desk, asked, reference = await started()
    data = {"engagement_reference": asked, "ladder_step": "consultation"}

    await send(desk, event(data, type="feedback.submitted"))
    await send(desk, event(data | {"participant_reference": reference}, type="feedback.submitted"))

    told = [e for e in desk.store.events if e.TYPE.endswith("feedback_received.v1")]
    assert [e.data.participant_id is None for e in told] == [True, False]
    assert told[0].subject != told[1].subject


async def test_feedback_is_kept() -> None:
    desk, asked, reference = await started()
    data = {"engagement_reference": asked, "participant_reference": reference}
    step = {"ladder_step": "co-design"}

    received = await send(desk, event(data | step, type="feedback.submitted"))

    feedbacks = desk.desk.feedbacks
    assert isinstance(feedbacks, InMemoryCollection)
    [kept] = feedbacks.entities.values()
    assert (kept.id, kept.participant_id) == (received.submission.aggregate_id, desk.people[0].id)
    assert (kept.ladder_step, kept.hub) == ("co-design", "west-london")


async def test_an_older_figure_that_comes_later_changes_nothing() -> None:
    desk, asked, _ = await started()
    data = {"engagement_reference": asked, "measure": "restraints", "period": "2026-10"}

    await send(desk, event(data | {"value": 70.5}, type="outcome.recorded", sequence=2))
    late = await send(desk, event(data | {"value": 75}, type="outcome.recorded", sequence=1))

    told = [e for e in desk.store.events if e.TYPE.endswith("outcome_recorded.v1")]
    assert [e.data.value for e in told] == [70.5]
    assert late.submission.notes


async def test_a_figure_sent_again_is_corrected() -> None:
    desk, asked, _ = await started()
    data: dict[str, Any] = {
        "engagement_reference": asked,
        "measure": "restraints",
        "period": "2026-10",
        "value": 75,
        "denominator": 19235,
    }

    await send(desk, event(data, type="outcome.recorded"))
    await send(desk, event(data | {"value": 70.5}, type="outcome.recorded"))
    wrong = await send(desk, event(data | {"period": "October"}, type="outcome.recorded"))

    told = [e for e in desk.store.events if e.TYPE.endswith("outcome_recorded.v1")]
    assert [(e.sequence, e.data.value) for e in told] == [(1, 75), (2, 70.5)]
    assert pointers(wrong) == {"/data/period": "pattern"}
