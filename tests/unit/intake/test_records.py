"""What came of an engagement: attendance, feedback, outcomes."""

from typing import Any
from uuid import uuid4

from services.intake.use_cases.receiving import Received
from tests.builders.intake import engagement, event, intake, person, pointers, send
from tests.fakes.intake import Intake
from tests.fakes.store import InMemoryCollection


async def started() -> tuple[Intake, str, str]:
    desk, asked, stated = intake(), engagement(), person()
    await send(desk, event(asked, type="engagement.submitted"))
    await send(desk, event(stated))
    return desk, asked["reference"], stated["reference"]


async def test_who_came_adds_up_over_several_submissions() -> None:
    desk, _, reference = await started()
    other = person()
    await send(desk, event(other))
    session_id = str(uuid4())

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
    session_id = str(uuid4())

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
        "session_id": str(uuid4()),
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
