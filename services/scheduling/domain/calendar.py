"""Time as people in London live it: wall-clock hours, open days, and the UTC behind them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
STEP_MINUTES = 15
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of one day, wall time."""

    start: time
    end: time

    def covers(self, other: "Hours") -> bool:
        """Whether the other stretch lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Hours") -> bool:
        """Whether the two share a moment; touching ends do not."""
        return self.start < other.end and other.start < self.end

    @property
    def start_minute(self) -> int:
        """When it begins, in minutes since midnight."""
        return _minute(self.start)

    @property
    def minutes(self) -> int:
        """How long it is."""
        return _minute(self.end) - _minute(self.start)


@dataclass(frozen=True, slots=True)
class Days:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last

    def each(self) -> Iterable[date]:
        """Yield the days in order; none when the last is before the first."""
        return (self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """Days on which nothing takes place; after `known_until` nobody has published them yet."""

    days: frozenset[date]
    known_until: date

    def allow(self, day: date) -> bool:
        """Whether the day is known to be no holiday."""
        return day <= self.known_until and day not in self.days


@dataclass(frozen=True, slots=True)
class SchoolHolidays:
    """When schools are closed; after `known_until` nobody has published it yet."""

    periods: tuple[Days, ...] = ()
    known_until: date = date.min

    def are_over(self, day: date) -> bool:
        """Whether the day is known to be in none of them."""
        return day <= self.known_until and not any(day in each for each in self.periods)


UNKNOWN_HOLIDAYS = SchoolHolidays()


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment to another, UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session's day and wall time."""

    day: date
    hours: Hours

    @property
    def starts_at(self) -> datetime:
        """The start, in UTC."""
        return to_utc(self.day, self.hours.start)

    @property
    def ends_at(self) -> datetime:
        """The end, in UTC."""
        return to_utc(self.day, self.hours.end)

    @property
    def period(self) -> Period:
        """From start to end."""
        return Period(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How many sessions, how long, how far apart."""

    count: int
    minutes: int
    every_days: int


def to_utc(day: date, at: time) -> datetime:
    """Return the UTC moment of a London wall time."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def local_meeting(starts_at: datetime, ends_at: datetime) -> Meeting:
    """Return the London day and wall time of a session."""
    start, end = starts_at.astimezone(LONDON), ends_at.astimezone(LONDON)
    return Meeting(start.date(), Hours(start.time(), end.time()))


def spanned(meetings: Sequence[Meeting]) -> Days | None:
    """Return the days from the first meeting to the last; None without any."""
    days = [each.day for each in meetings]
    return Days(min(days), max(days)) if days else None


def starts(hours: Iterable[Hours], minutes: int) -> list[Hours]:
    """Return every stretch of this length within the hours, a quarter of an hour apart."""
    found = set()
    for stretch in hours:
        last = _minute(stretch.end) - minutes
        for minute in range(_minute(stretch.start), last + 1, STEP_MINUTES):
            found.add(Hours(_time(minute), _time(minute + minutes)))
    return sorted(found, key=lambda each: each.start)


def series(open_days: Sequence[date], first: int, rhythm: Rhythm) -> tuple[date, ...] | None:
    """Return the days of a series that begins on the open day with this index.

    A session that would fall on a closed day moves to the next open one. None when the open
    days end before the series does.
    """
    days = [open_days[first]]
    for number in range(1, rhythm.count):
        wanted = open_days[first] + timedelta(days=number * rhythm.every_days)
        at = bisect_left(open_days, max(wanted, days[-1] + ONE_DAY))
        if at == len(open_days):
            return None
        days.append(open_days[at])
    return tuple(days)


def in_words(day: date) -> str:
    """Return a day as staff read it: 5 January 2027."""
    return f"{day.day} {day:%B %Y}"


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def counted(number: int, one: str, several: str) -> str:
    """Say how many there are: 1 day, 2 days."""
    return f"{number} {one if number == 1 else several}"
