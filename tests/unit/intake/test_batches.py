"""What comes in one batch is handled at once, but in order where it matters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.use_cases.batches import receive_all, waves
from services.intake.use_cases.reading import Arrival, read_event
from tests.builders.intake import engagement, event, intake, person, publisher
from tests.unit.intake.json_values import JSON

SENDER = publisher()
CIPHER = intake().desk.cipher
SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e"


def arrivals(*sent: Any) -> list[Arrival]:
    return [read_event(each, SENDER, CIPHER) for each in sent]


def left(reference: str) -> Any:
    return event({"reference": reference}, type="participant.withdrawn")


def figure(period: str, value: int) -> Any:
    data = {"engagement_reference": "E", "measure": "restraints", "period": period, "value": value}
    return event(data, type="outcome.recorded")


def came(reference: str, session_id: str = SESSION) -> Any:
    attendances = [{"reference": reference, "attended": True}]
    data = {"session_id": session_id, "attendances": attendances}
    return event(data, type="attendance.recorded")


a, b, c = (event(person(reference=name)) for name in "abc")
asked = event(engagement(reference="E"), type="engagement.submitted")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([], []),
        ([a, b, c], [[0, 1, 2]]),
        ([a, b, left("a"), c, a], [[0, 1, 3], [2], [4]]),
        ([asked, figure("2026-10", 1), figure("2026-11", 2)], [[0], [1, 2]]),
        ([figure("2026-10", 1), figure("2026-10", 2)], [[0], [1]]),
        ([a, came("a"), came("a", "another"), left("a")], [[0], [1, 2], [3]]),
        ([came("a"), came("b")], [[0], [1]]),
    ],
)
def test_only_what_changes_what_another_speaks_of_waits(
    sent: list[Any], expected: list[list[int]]
) -> None:
    assert waves(arrivals(*sent)) == expected


@given(st.lists(JSON, max_size=6))
def test_everything_sent_is_in_one_wave(spoiled: list[Any]) -> None:
    found = waves(arrivals(*(event(each) for each in spoiled)))

    assert sorted(index for wave in found for index in wave) == [*range(len(spoiled))]


async def test_answers_come_in_the_order_of_the_batch() -> None:
    desk = intake()
    stated = [person(reference=name) for name in "ab"]
    sent = [event(stated[0]), left("a"), event(stated[1]), left("nobody"), figure("2026-10", 3)]

    found = await receive_all(arrivals(*sent), desk.desk, desk.commits)

    assert [each.submission.event_id for each in found] == [each["id"] for each in sent]
    assert [each.submission.status for each in found] == ["accepted"] * 3 + ["rejected"] * 2
    assert {each.status for each in desk.people} == {"left", "active"}
