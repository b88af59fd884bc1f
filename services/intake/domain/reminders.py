"""When a person wants to be reminded of a session."""

from dataclasses import dataclass
from datetime import time

from services.intake.domain.faults import Report
from services.intake.domain.form import Form

DAY_BEGINS, DAY_ENDS = time(8), time(20)


@dataclass(frozen=True, slots=True, order=True)
class ReminderTime:
    """So many days before a session, at a wall time in London."""

    days_before: int
    at: time


def read_reminders(form: Form, report: Report) -> tuple[ReminderTime, ...] | None:
    """Return the times, none twice, the earliest first; None where nothing was said."""
    if not form.is_stated("reminders"):
        return None
    times = {_read_time(each, report) for each in form.forms("reminders")} - {None}
    return tuple(sorted((x for x in times if x), key=lambda x: (-x.days_before, x.at)))


def _read_time(form: Form, report: Report) -> ReminderTime | None:
    days, at = form.number("days_before"), form.wall_time("at", report)
    if days is None or at is None:
        return None
    if not DAY_BEGINS <= at < DAY_ENDS:
        sentence = "Must be from 08:00 and before 20:00: nobody is disturbed at night."
        report.fault(form.pointer("at"), "at-night", sentence)
        return None
    return ReminderTime(int(days), at)
