"""What rooms and people are booked for, day by day, and when their own calendars have them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from services.scheduling.domain.calendar import ONE_DAY, Hours, Meeting, Period
from services.scheduling.domain.resources.busy import is_busy


class DoubleBookingError(ValueError):
    """A room or a person would be at two sessions at one time: a bug, which must not be stored."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A stretch of a day that an engagement has a room or a person for."""

    engagement_id: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class BookedDay:
    """All bookings of one room or person on one day: two of them never overlap.

    One document a day, written under its version, so that of two replicas that book at once one
    has to look again. It is kept when the last booking goes: a new one would begin at version 0
    again, and a replica that read the old one could not tell.
    """

    id: str
    day: date
    bookings: tuple[Booking, ...] = ()
    version: int = 0

    def taken(self, engagement_id: str) -> list[Hours]:
        """Return the hours that other engagements have."""
        return [each.hours for each in self.bookings if each.engagement_id != engagement_id]

    def of(self, engagement_id: str) -> list[Hours]:
        """Return the hours that an engagement has."""
        return [each.hours for each in self.bookings if each.engagement_id == engagement_id]

    def free(self, hours: Hours, engagement_id: str) -> bool:
        """Whether no other engagement has these hours."""
        return not any(each.overlaps(hours) for each in self.taken(engagement_id))

    def booked(self, engagement_id: str, hours: Sequence[Hours]) -> "BookedDay":
        """Return the day with exactly these hours for an engagement. Raises DoubleBookingError."""
        ordered = sorted(hours, key=lambda each: each.start)
        overlap = any(a.overlaps(b) for a, b in pairwise(ordered))
        if overlap or not all(self.free(each, engagement_id) for each in hours):
            raise DoubleBookingError(f"{self.id} is taken")
        others = [b for b in self.bookings if b.engagement_id != engagement_id]
        own = [Booking(engagement_id, each) for each in ordered]
        bookings = sorted([*others, *own], key=lambda booking: booking.hours.start)
        return replace(self, bookings=tuple(bookings))


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What is booked, and when rooms and people cannot be had, by resource."""

    days: Mapping[str, BookedDay] = field(default_factory=dict)
    busy: Mapping[str, Sequence[Period]] = field(default_factory=dict)

    def is_free(self, resource_id: str, meeting: Meeting, engagement_id: str) -> bool:
        """Whether nothing but this engagement has the room or the person at that time."""
        day = self.days.get(booked_day_id(resource_id, meeting.day))
        if day is not None and not day.free(meeting.hours, engagement_id):
            return False
        return self.is_at_hand(resource_id, meeting)

    def has(self, engagement_id: str) -> bool:
        """Whether the engagement has anything booked."""
        return any(day.of(engagement_id) for day in self.days.values())

    def touches(self, resource_id: str, day: date) -> bool:
        """Whether anything has the room or the person on that day, or somewhat beside it."""
        around = day - ONE_DAY, day + ONE_DAY
        return booked_day_id(resource_id, day) in self.days or any(
            each.starts_at.date() <= around[1] and around[0] <= each.ends_at.date()
            for each in self.busy.get(resource_id, ())
        )

    def is_at_hand(self, resource_id: str, meeting: Meeting) -> bool:
        """Whether the room or the person can be had at all at that time."""
        busy = self.busy.get(resource_id, ())
        return not busy or not is_busy(busy, meeting.starts_at, meeting.ends_at)

    def taking(self, engagement_id: str, wanted: Iterable[tuple[str, Meeting]]) -> "Occupancy":
        """Return it with rooms and people booked for an engagement, on those days for nothing else.

        Raises DoubleBookingError.
        """
        hours: dict[tuple[str, date], list[Hours]] = defaultdict(list)
        for resource_id, meeting in wanted:
            hours[resource_id, meeting.day].append(meeting.hours)
        days = dict(self.days)
        for (resource_id, day), own in hours.items():
            before = days.get(booked_day_id(resource_id, day)) or empty_day(resource_id, day)
            days[before.id] = before.booked(engagement_id, own)
        return Occupancy(days, self.busy)

    def minutes(self, resource_id: str, day: date, engagement_id: str) -> int:
        """Return for how many minutes other engagements have it on a day."""
        found = self.days.get(booked_day_id(resource_id, day))
        return sum(each.minutes for each in found.taken(engagement_id)) if found else 0


def booked_day_id(resource_id: str, day: date) -> str:
    """Return the id of a room's or person's day."""
    return f"{resource_id}:{day.isoformat()}"


def empty_day(resource_id: str, day: date) -> BookedDay:
    """Return a day on which nobody has booked it yet."""
    return BookedDay(booked_day_id(resource_id, day), day)
