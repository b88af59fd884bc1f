"""Weekly slots are put in order and together."""

from datetime import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.availability import (
    DAYS,
    Availability,
    WeeklySlot,
    read_availability,
)
from services.intake.domain.faults import Report
from services.intake.domain.form import Form

MINUTES = st.integers(0, 23 * 60 + 59).map(lambda m: f"{m // 60:02}:{m % 60:02}")


def read(**fields: object) -> tuple[tuple[WeeklySlot, ...], list[tuple[str, str]]]:
    report = Report()
    found = read_availability(Form(fields, "/data/availability"), report)
    return found.weekly, [(fault.pointer, fault.code) for fault in report.faults]


def test_slots_that_overlap_or_touch_become_one() -> None:
    weekly, faults = read(
        weekly=[
            {"day": "tue", "from": "12:00", "to": "14:00"},
            {"day": "mon", "from": "09:00", "to": "10:00"},
            {"day": "tue", "from": "09:00", "to": "12:00"},
            {"day": "tue", "from": "13:00", "to": "13:30"},
        ]
    )

    assert faults == []
    assert weekly == (
        WeeklySlot("mon", time(9), time(10)),
        WeeklySlot("tue", time(9), time(14)),
    )


def test_a_slot_that_ends_before_it_starts_is_a_fault() -> None:
    _, faults = read(
        weekly=[{"day": "mon", "from": "10:00", "to": "09:00"}],
        **{"except": [{"from": "2026-12-02", "to": "2026-12-01"}]},
    )

    assert faults == [
        ("/data/availability/weekly/0/to", "order"),
        ("/data/availability/except/0/to", "order"),
    ]


def test_a_time_has_whole_minutes_and_no_zone() -> None:
    _, faults = read(weekly=[{"day": "mon", "from": "09:00Z", "to": "10:00:30"}])

    assert [code for _, code in faults] == ["time", "time"]


def test_what_is_hard_is_kept_apart_and_judged_as_what_suits() -> None:
    report = Report()
    slots = [{"day": "tue", "from": "09:00", "to": "12:00"}]
    wrong = [{"day": "tue", "from": "12:00", "to": "12:00"}]
    form = Form({"hard": slots, "term_time_only": True}, "/data/availability")

    found = read_availability(form, report)
    read_availability(Form({"hard": wrong}, "/data/availability"), report)

    assert found == Availability(hard=(WeeklySlot("tue", time(9), time(12)),), term_time_only=True)
    assert [each.pointer for each in report.faults] == ["/data/availability/hard/0/to"]


@given(st.lists(st.tuples(st.sampled_from(DAYS), MINUTES, MINUTES), max_size=12))
def test_merged_slots_cover_the_same_minutes_and_never_meet(
    slots: list[tuple[str, str, str]],
) -> None:
    stated = [(day, start, end) for day, start, end in slots if start < end]

    weekly, _ = read(weekly=[{"day": d, "from": s, "to": e} for d, s, e in stated])

    for day, start, end in stated:
        assert any(
            slot.day == day
            and slot.start <= time.fromisoformat(start)
            and time.fromisoformat(end) <= slot.end
            for slot in weekly
        )
    for one, other in pairwise(weekly):
        assert one.day != other.day or one.end < other.start
