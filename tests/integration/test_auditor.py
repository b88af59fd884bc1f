"""The auditor sees what is lost, doubled, in two places at once, or still to be done."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import due
from shared.mongo import Database
from tests.soak.diary import slots_of_people, venues_booked
from tests.soak.findings import counted
from tests.soak.quiet import WAITS, busy, work_in_hand

TEN = datetime(2027, 1, 18, 10, tzinfo=UTC)
HALL = {"id": "hall", "online": False}


def a_session(engagement_id: str, starts_at: datetime) -> dict[str, Any]:
    times = {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
    }
    return {"engagement_id": engagement_id, "status": "announced", "venue": HALL, **times}


def a_day(*engagement_ids: str) -> dict[str, Any]:
    bookings = [{"engagement_id": engagement_id} for engagement_id in engagement_ids]
    day = TEN.date().isoformat()
    return {"_id": f"hall:{day}", "day": day, "bookings": bookings}


def test_what_is_missing_is_lost_and_what_is_there_twice_or_unasked_is_doubled() -> None:
    finding = counted("effects", {"a", "b", "c"}, Counter({"a": 1, "b": 3, "stranger": 1}))

    assert (finding.expected, finding.lost, finding.doubled) == (3, 1, 3)
    assert finding.examples == ("c", "unwanted: stranger")


@pytest.mark.parametrize("unknown", WAITS)
def test_a_service_whose_counts_are_not_known_is_not_quiet(unknown: str) -> None:
    quiet = {"ready": True, **dict.fromkeys(WAITS, 0)}

    assert busy({"intake": quiet}) == {}
    assert busy({"intake": quiet | {unknown: None}}).keys() == {"intake"}


async def test_a_person_in_two_sessions_at_once_is_seen(database: Database) -> None:
    half_past = TEN + timedelta(minutes=30)
    await database["sessions"].insert_many([a_session("e1", TEN), a_session("e2", half_past)])
    await database["invitations"].insert_many(
        {"participant_id": who, "engagement_id": which, "answer": "invited"}
        for who, which in (("ada", "e1"), ("ada", "e2"), ("bea", "e2"))
    )

    finding = await slots_of_people(database)

    assert (finding.expected, finding.doubled) == (3, 1)


async def test_a_venue_used_twice_at_once_is_seen(database: Database) -> None:
    await database["sessions"].insert_many([a_session("e1", TEN), a_session("e2", TEN)])
    await database["venue_days"].insert_one(a_day("e1", "e2"))

    finding = await venues_booked(database)

    assert (finding.expected, finding.lost, finding.doubled) == (2, 0, 1)


async def test_a_session_without_its_booking_and_a_booking_without_session_are_seen(
    database: Database,
) -> None:
    await database["sessions"].insert_one(a_session("e1", TEN))
    await database["venue_days"].insert_one(a_day("gone"))

    finding = await venues_booked(database)

    assert (finding.lost, finding.doubled) == (1, 1)


async def test_due_work_is_under_way_when_its_time_comes_or_it_was_put_off(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    later = now + timedelta(hours=1)
    await database["sends"].create_indexes(list(due.INDEXES))
    await database["sends"].insert_many(
        [
            {"_id": "now", "failed": None, "tries": 0, "at": now},
            {"_id": "put off", "failed": None, "tries": 1, "at": later},
            {"_id": "a reminder", "failed": None, "tries": 0, "at": later},
            {"_id": "given up", "failed": "bug", "tries": 1, "at": now},
        ]
    )

    assert await work_in_hand([database]) == 2
