"""The form in which a person says when they can come: what is in it, and what it says."""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import zip_longest
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from services.console.api.words import hour
from services.console.ports import TimesView
from services.console.use_cases.times import (
    PARTS,
    Given,
    in_order,
    is_of_parts,
    parts_in,
    week_of,
)
from shared.contracts.participants import Availability, DateRange, Day, ReminderTime, WeeklySlot

AWAY_ROWS, REMINDER_ROWS, MOST_REMINDERS = 5, 3, 5
DAYS_BEFORE = (0, 1, 2, 3, 5, 7, 14)
LONGEST_BEFORE = 28
DAY_NAMES = dict(zip(Day, calendar.day_name, strict=True))
HOURS = tuple(time(at) for at in range(8, 20))
EARLIEST, LATEST = HOURS[0], time(20)
BY_HAND = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4})")
SLOT = re.compile(rf"({'|'.join(Day)}) (\d{{2}}:\d{{2}})-(\d{{2}}:\d{{2}})")
NO_DAY = "Write the day like this: 24 12 2027"
LONG_OVER = timedelta(days=60)
CLOCK = re.compile(r"\d{2}:\d{2}")


def is_hours(text: str) -> str:
    """Check hours that are no part of a day: `tue 10:00-16:00`."""
    found = SLOT.fullmatch(text)
    if found is None or not time.fromisoformat(found[2]) < time.fromisoformat(found[3]):
        raise ValueError("no hours of a day")
    return text


PARTS_PATTERN = rf"^({'|'.join(PARTS)})$"
Ticked = Annotated[str, Field(pattern=PARTS_PATTERN)]
Typed = Annotated[str, Field(max_length=40)]
Hours = Annotated[list[Annotated[Typed, AfterValidator(is_hours)]], Field(max_length=50)]
Rows = Annotated[list[Typed], Field(max_length=120)]
Days = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=120)]
"""Days as people write them, where their browser has no calendar: a sentence, perhaps."""


class TimesForm(BaseModel):
    """What a browser sends; `also` are hours known before that no part of a day says."""

    can: Annotated[list[Ticked], Field(max_length=50)] = []
    hard: Annotated[list[Ticked], Field(max_length=50)] = []
    also_can: Hours = []
    also_hard: Hours = []
    term_time_only: bool = False
    away_from: Days = []
    away_to: Days = []
    remind: Literal["usual", "none", "own"] = "usual"
    remind_days: Rows = []
    remind_at: Rows = []


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows in the form; `faults` are sentences by the field that they are about."""

    form: TimesForm
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def also(self) -> dict[str, dict[str, str]]:
        """The hours that no part of a day says, in words, by what they are ticked for."""
        named = {"can": self.form.also_can, "hard": self.form.also_hard}
        return {name: {x: in_words(x) for x in said} for name, said in named.items()}

    @property
    def away(self) -> list[tuple[str, str]]:
        """The rows of days away, empty ones to fill in among them."""
        rows = list(zip_longest(self.form.away_from, self.form.away_to, fillvalue=""))
        return rows + [("", "")] * (AWAY_ROWS - len(rows))

    @property
    def reminders(self) -> list[tuple[str, str]]:
        """The rows of reminders, empty ones to fill in among them."""
        rows = list(zip_longest(self.form.remind_days, self.form.remind_at, fillvalue=""))
        return rows + [("", "")] * (REMINDER_ROWS - len(rows))

    @property
    def days_before(self) -> list[str]:
        """The days to choose from, and those that were chosen otherwise before."""
        known = {int(each) for each in self.form.remind_days if each.isdecimal()}
        return [str(each) for each in sorted({*DAYS_BEFORE, *known})]

    @property
    def hours(self) -> list[tuple[str, str]]:
        """The times of day to choose from, and in words."""
        known = {time.fromisoformat(x) for x in self.form.remind_at if _is_clock(x)}
        return [(f"{each:%H:%M}", hour(each)) for each in sorted({*HOURS, *known})]


def filled_in(known: TimesView, today: date) -> Shown:
    """Return the form with what is known; days away that are over are left out."""
    times, reminders = known.availability, known.reminders
    away = [each for each in times.away if each.end >= today]
    form = TimesForm.model_construct(
        can=[str(each) for each in parts_in(times.weekly)],
        hard=[str(each) for each in parts_in(times.hard)],
        also_can=beyond_parts(times.weekly),
        also_hard=beyond_parts(times.hard),
        term_time_only=times.term_time_only,
        away_from=[each.start.isoformat() for each in away],
        away_to=[each.end.isoformat() for each in away],
        remind="own" if reminders else "usual" if reminders is None else "none",
        remind_days=[str(each.days_before) for each in reminders or ()],
        remind_at=[f"{each.at:%H:%M}" for each in reminders or ()],
    )
    return Shown(form)


def read(form: TimesForm, today: date) -> Given | Shown:
    """Return what the person says, or the form again with what is wrong in it."""
    faults: dict[str, str] = {}
    away = tuple(_away(form, today, faults))
    reminders = _reminders(form, faults)
    if faults:
        return Shown(form, faults=faults)
    can, hard = slots_of(form.can, form.also_can), slots_of(form.hard, form.also_hard)
    availability = Availability(
        weekly=week_of(can, hard),
        away=away,
        hard=hard,
        term_time_only=form.term_time_only,
    )
    return Given(availability, reminders)


def slots_of(parts: Sequence[str], also: Sequence[str]) -> tuple[WeeklySlot, ...]:
    """Return the hours of ticked parts of days, and others, in the order of the week."""
    return in_order((*(PARTS[each].slot for each in parts), *map(_hours, also)))


def beyond_parts(slots: Iterable[WeeklySlot]) -> list[str]:
    """Return the hours that no part of a day says, as the form has them."""
    beyond = (each for each in slots if not is_of_parts(each))
    return [f"{each.day} {each.start:%H:%M}-{each.end:%H:%M}" for each in beyond]


def _hours(text: str) -> WeeklySlot:
    day, _, hours = text.partition(" ")
    start, _, end = hours.partition("-")
    return WeeklySlot(day=Day(day), start=time.fromisoformat(start), end=time.fromisoformat(end))


def _away(form: TimesForm, today: date, faults: dict[str, str]) -> Iterator[DateRange]:
    rows = zip_longest(form.away_from, form.away_to, fillvalue="")
    for number, (first, last) in enumerate(rows, start=1):
        if not first.strip() and not last.strip():
            continue
        start, end = _day(first), _day(last.strip() or first)
        if start is None or end is None:
            unread = {"from": start is None, "to": end is None and bool(last.strip())}
            faults.update(
                {f"away-{each}-{number}": NO_DAY for each, is_so in unread.items() if is_so}
            )
        elif end < today - LONG_OVER:
            which = "to" if last.strip() else "from"
            faults[f"away-{which}-{number}"] = "These days are long over. Check the year"
        elif end < start:
            faults[f"away-to-{number}"] = "The last day must not be before the first day"
        elif end >= today:
            yield DateRange(start=start, end=end)


def _reminders(form: TimesForm, faults: dict[str, str]) -> tuple[ReminderTime, ...] | None:
    if form.remind != "own":
        return None if form.remind == "usual" else ()
    found = dict.fromkeys(_chosen(form, faults))
    if not found and not faults:
        faults["remind-days-1"] = "Choose when we should remind you, or choose no reminders"
    if len(found) > MOST_REMINDERS:
        faults["remind-days-1"] = f"Choose {MOST_REMINDERS} times at most"
    return tuple(found)


def _chosen(form: TimesForm, faults: dict[str, str]) -> Iterable[ReminderTime]:
    rows = zip_longest(form.remind_days, form.remind_at, fillvalue="")
    for number, (days, at) in enumerate(rows, start=1):
        if not days and not at:
            continue
        is_day = days.isascii() and days.isdecimal() and int(days) <= LONGEST_BEFORE
        if not is_day:
            faults[f"remind-days-{number}"] = "Choose a day as well as a time"
        elif not _is_clock(at) or not EARLIEST <= time.fromisoformat(at) < LATEST:
            faults[f"remind-at-{number}"] = "Choose a time as well as a day"
        else:
            yield ReminderTime(days_before=int(days), at=time.fromisoformat(at))


def _day(text: str) -> date | None:
    """Read a day as a browser sends it, or as people write it: 24/12/2027."""
    by_hand = BY_HAND.fullmatch(text.strip())
    try:
        if by_hand:
            return date(int(by_hand[3]), int(by_hand[2]), int(by_hand[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _is_clock(text: str) -> bool:
    try:
        return bool(CLOCK.fullmatch(text) and time.fromisoformat(text))
    except ValueError:
        return False


def in_words(hours: str) -> str:
    """Say hours of a day that the form has: Tuesday 10am to 4pm."""
    slot = _hours(hours)
    return f"{DAY_NAMES[slot.day]} {hour(slot.start)} to {hour(slot.end)}"
