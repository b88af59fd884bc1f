"""When a person may be written to: not in quiet hours, and at the times they asked for."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 8
HANDING_OVER_TAKES = timedelta(minutes=1)
"""So long before quiet hours nothing is begun any more: it may wait for a mail server meanwhile."""


@dataclass(frozen=True, slots=True)
class ContactTime:
    """A stretch of every week in which a person wants to hear; wall time."""

    day: str
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class ContactPreference:
    """How a person wants to hear, beside the channel (see the contract of the same name)."""

    times: tuple[ContactTime, ...] = ()
    time_zone: str = "Europe/London"
    news: bool = True
    discreet: bool = False

    @property
    def at_any_time(self) -> Self:
        """The same without times: for what has a time of its own."""
        return replace(self, times=())


NO_PREFERENCE = ContactPreference()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when in the evening until when in the morning nobody is written to."""

    start: time
    end: time

    def cover(self, at: time) -> bool:
        """Whether it is quiet at this wall time."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def next_moment(
    now: datetime, preference: ContactPreference, quiet: QuietHours | None, by: datetime | None
) -> datetime:
    """Return the first moment from now on at which the person may be written to.

    Never in quiet hours. At the times they asked for, unless the first of these is later than `by`,
    when it is of no use to them any more.
    """
    zone = ZoneInfo(preference.time_zone)
    first = _out_of_quiet(now, zone, quiet)
    if not preference.times:
        return first
    for moment in _starts(first, preference, zone):
        wanted = _out_of_quiet(moment, zone, quiet)
        if by is not None and wanted >= by:
            return first
        if _is_wanted(wanted, preference, zone):
            return wanted
    return first


def _out_of_quiet(at: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    local = at.astimezone(zone)
    if quiet is None or not _is_quiet(at, zone, quiet):
        return at
    day = local.date()
    if local.time() >= quiet.end:
        day += timedelta(days=1)
    end = datetime.combine(day, quiet.end, zone).astimezone(at.tzinfo)
    if end <= at:  # clocks go back: this wall time comes twice
        end = datetime.combine(day, quiet.end, zone).replace(fold=1).astimezone(at.tzinfo)
    return end


def _is_quiet(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> bool:
    moments = (at, at + HANDING_OVER_TAKES)
    return any(quiet.cover(each.astimezone(zone).time()) for each in moments)


def _starts(now: datetime, preference: ContactPreference, zone: ZoneInfo) -> list[datetime]:
    """Return now, and each beginning of a wanted stretch in the days ahead, in order."""
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=each) for each in range(LOOK_AHEAD_DAYS)]
    found = [
        datetime.combine(day, each.start, zone).astimezone(now.tzinfo)
        for day in days
        for each in preference.times
        if DAYS[day.weekday()] == each.day
    ]
    return [now, *sorted(start for start in found if start > now)]


def _is_wanted(at: datetime, preference: ContactPreference, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone)
    day, clock = DAYS[local.weekday()], local.time()
    return any(each.day == day and each.start <= clock < each.end for each in preference.times)
