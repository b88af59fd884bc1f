"""When a person can come: weekly stretches, the days away, and what is possible but hard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from services.intake.domain.faults import Report
from services.intake.domain.form import Form

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class WeeklySlot:
    """A stretch of every week, Europe/London wall time."""

    day: str
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Availability:
    """Slots in the order of the week that do not overlap; none means that nothing was said.

    `hard` are times that are possible but hard; `term_time_only`: not in school holidays.
    """

    weekly: tuple[WeeklySlot, ...] = ()
    away: tuple[Days, ...] = ()
    hard: tuple[WeeklySlot, ...] = ()
    term_time_only: bool = False


def read_availability(form: Form, report: Report) -> Availability:
    """Return the availability, with what overlaps or touches put together."""
    weekly = read_slots(form, "weekly", report)
    away = [read_days(each, report) for each in form.forms("except")]
    return Availability(
        weekly,
        tuple(sorted((days for days in away if days), key=lambda days: (days.start, days.end))),
        read_slots(form, "hard", report),
        form.flag("term_time_only", default=False),
    )


def read_days(form: Form, report: Report) -> Days | None:
    """Return a range of days, None when it is not whole."""
    start, end = form.day("from", report), form.day("to", report)
    if not start or not end:
        return None
    if start > end:
        report.fault(form.pointer("to"), "order", "The last day lies before the first.")
        return None
    return Days(start, end)


def read_slots(form: Form, name: str, report: Report) -> tuple[WeeklySlot, ...]:
    """Return the stretches of a week that a list holds, with what overlaps or touches together."""
    slots = [_read_slot(each, report) for each in form.forms(name)]
    return merged(slot for slot in slots if slot)


def _read_slot(form: Form, report: Report) -> WeeklySlot | None:
    day = form.text("day")
    start, end = form.wall_time("from", report), form.wall_time("to", report)
    if not day or start is None or end is None:
        return None
    if start >= end:
        report.fault(form.pointer("to"), "order", "The end of a slot must lie after its start.")
        return None
    return WeeklySlot(day, start, end)


def merged(slots: Iterable[WeeklySlot]) -> tuple[WeeklySlot, ...]:
    """Return the slots in the order of the week, with what overlaps or touches put together."""
    return tuple(_merged(slots))


def _merged(slots: Iterable[WeeklySlot]) -> Iterable[WeeklySlot]:
    in_order = sorted(slots, key=lambda slot: (DAYS.index(slot.day), slot.start))
    for day, of_day in groupby(in_order, key=lambda slot: slot.day):
        whole: WeeklySlot | None = None
        for slot in of_day:
            if whole and slot.start <= whole.end:
                whole = WeeklySlot(day, whole.start, max(whole.end, slot.end))
                continue
            if whole:
                yield whole
            whole = slot
        if whole:
            yield whole
