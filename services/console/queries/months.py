"""Whole months in London: as they are typed, one after the other, and as points in time."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

from shared.errors import AppError

LONDON = ZoneInfo("Europe/London")
USUAL = 12
MOST = 60
"""How many months one question may be about."""


class UnknownPeriodError(AppError):
    """What was given as a period is none."""

    code = "unknown-period"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months: from the first day until before the last.

    Periods that differ by days would tell what happened on those days, small numbers and all.
    """

    start: date
    end: date

    @classmethod
    def of(cls, first: str, last: str, now: datetime) -> Self:
        """Read months or days as they are typed; without them it is the last twelve months.

        Raises UnknownPeriodError.
        """
        end = shifted(month_of(last, now), 1)
        start = month_of(first, now) if first else shifted(end, -USUAL)
        if not start < end:
            raise UnknownPeriodError("it ends before it begins")
        return cls(start, end)

    @property
    def last(self) -> date:
        """Its last month, by the first day of it."""
        return shifted(self.end, -1)

    @property
    def is_too_long(self) -> bool:
        """Whether it has too many months to be asked month by month."""
        return self._many > MOST

    @property
    def months(self) -> tuple[date, ...]:
        """Each month, by its first day. Raises UnknownPeriodError where they are too many."""
        if self.is_too_long:
            raise UnknownPeriodError("too many months")
        return tuple(shifted(self.start, place) for place in range(self._many))

    @property
    def _many(self) -> int:
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month


def month_of(text: str, now: datetime) -> date:
    """Read a month or a day as it is typed: the first day; this month where nothing is.

    Raises UnknownPeriodError.
    """
    if not text:
        return now.astimezone(LONDON).date().replace(day=1)
    try:
        day = date.fromisoformat(text if text.count("-") > 1 else f"{text}-01")
    except ValueError:
        raise UnknownPeriodError("no month and no day") from None
    return day.replace(day=1)


def shifted(month: date, months: int) -> date:
    """Return a month so many after. Raises UnknownPeriodError at the ends of the calendar."""
    years, at = divmod(month.month - 1 + months, 12)
    try:
        return date(month.year + years, at + 1, 1)
    except ValueError:
        raise UnknownPeriodError("no such month") from None


def begins(day: date) -> datetime:
    """Return when a day begins in London."""
    return datetime.combine(day, time(), LONDON)
