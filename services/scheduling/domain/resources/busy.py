"""When rooms and staff cannot be had, as their own calendars say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.scheduling.domain.calendar import Period

READ_ANEW_AFTER = timedelta(days=1)
"""A calendar that did not change is read anew all the same: what recurs has come nearer."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A stretch of time that a calendar has somebody for; of what it says only the id is known."""

    uid: str
    period: Period


@dataclass(frozen=True, slots=True)
class ResourceCalendar:
    """What the calendar of a room or a person says; the id is theirs.

    `read_at` is when it was last heard that this is so, `whole_at` when all of it was read;
    `tag` names the state it was read in. `fault` is why it cannot be read now: then what it said
    before stands.
    """

    id: str
    busy: tuple[Period, ...] = ()
    looked_at: datetime | None = None
    read_at: datetime | None = None
    whole_at: datetime | None = None
    tag: str = ""
    fault: str = ""
    version: int = 0

    def known_tag(self, now: datetime) -> str:
        """Return the state that need not be read again; none when it is to be read anew."""
        is_fresh = self.whole_at is not None and now - self.whole_at < READ_ANEW_AFTER
        return self.tag if is_fresh else ""

    def unchanged(self, now: datetime) -> "ResourceCalendar":
        """Return it as it stands after hearing that nothing changed."""
        return replace(self, looked_at=now, read_at=now, fault="")

    def read(self, busy: Iterable[Period], tag: str, now: datetime) -> "ResourceCalendar":
        """Return it with what it says now."""
        whole = replace(self, busy=joined(busy), tag=tag, whole_at=now)
        return whole.unchanged(now)

    def unreadable(self, fault: str, now: datetime) -> "ResourceCalendar":
        """Return it as it stands when it cannot be read: what it said before still holds."""
        return replace(self, looked_at=now, fault=fault)


def is_busy(busy: Iterable[Period], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether any of these periods shares a moment with the time; touching ends do not."""
    return any(each.starts_at < ends_at and starts_at < each.ends_at for each in busy)


def joined(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return the same time in order, without overlaps; what lasts no time is left out."""
    found: list[Period] = []
    for each in sorted(periods, key=lambda period: (period.starts_at, period.ends_at)):
        if each.ends_at <= each.starts_at:
            continue
        if found and each.starts_at <= found[-1].ends_at:
            found[-1] = Period(found[-1].starts_at, max(found[-1].ends_at, each.ends_at))
        else:
            found.append(each)
    return tuple(found)


def newly_busy(before: Sequence[Period], after: Sequence[Period]) -> list[Period]:
    """Return the periods of a calendar that were not in it before as they are."""
    known = set(before)
    return [each for each in after if each not in known]
