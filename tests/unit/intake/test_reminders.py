"""When a person wants to be reminded: said, left out, or never."""

from datetime import time
from typing import Any

import pytest

from services.intake.domain.reminders import ReminderTime
from shared.contracts.participants import ParticipantUpdated
from tests.builders.intake import event, full_person, intake, person, pointers, send


def at(days_before: int, clock: str) -> dict[str, Any]:
    return {"days_before": days_before, "at": clock}


async def test_reminders_are_put_in_order_and_none_is_there_twice() -> None:
    door = intake()

    sent = [at(0, "08:00"), at(7, "10:00"), at(7, "09:00"), at(0, "08:00")]
    received = await send(door, event(person(reminders=sent)))

    known = await door.desk.participants.get(str(received.submission.aggregate_id))
    assert known is not None
    assert [f"{x.days_before} {x.at:%H:%M}" for x in known.profile.reminders or ()] == [
        "7 09:00",
        "7 10:00",
        "0 08:00",
    ]


async def test_no_reminders_is_not_the_same_as_saying_nothing() -> None:
    door, data = intake(), full_person()

    await send(door, event(data))
    await send(door, event(data | {"reminders": []}, time="2026-11-22T11:30:00Z"))

    [updated] = [each for each in door.store.events if isinstance(each, ParticipantUpdated)]
    assert updated.data.reminders == ()


@pytest.mark.parametrize(
    ("reminders", "where", "code"),
    [
        ([at(1, "20:00")], "/data/reminders/0/at", "at-night"),
        ([at(1, "10:00"), at(1, "07:59")], "/data/reminders/1/at", "at-night"),
        ([at(1, "10:00:30")], "/data/reminders/0/at", "time"),
        ([at(29, "10:00")], "/data/reminders/0/days_before", "too-large"),
        ([at(-1, "10:00")], "/data/reminders/0/days_before", "too-small"),
        ([at(n, "10:00") for n in range(6)], "/data/reminders", "too-many"),
    ],
)
async def test_a_reminder_at_night_or_out_of_reach_is_a_fault(
    reminders: list[dict[str, Any]], where: str, code: str
) -> None:
    received = await send(intake(), event(person(reminders=reminders)))

    assert pointers(received) == {where: code}


async def test_another_publisher_that_says_nothing_of_reminders_changes_none() -> None:
    door, data = intake(), full_person(reminders=[at(2, "18:00")])
    received = await send(door, event(data))

    await send(door, event(data | {"reminders": None, "travel_km": 3}), by="borough-of-brent")

    known = await door.desk.participants.get(str(received.submission.aggregate_id))
    assert known is not None
    assert known.profile.travel_km == 3
    assert known.profile.reminders == (ReminderTime(2, time(18)),)
