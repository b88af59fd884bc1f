"""Venues, the hubs they serve, and the days on which they are booked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import hypot

from services.scheduling.domain.calendar import Hours


class DoubleBookingError(ValueError):
    """Two sessions would be in one room at one time: a bug, which must not be stored."""


@dataclass(frozen=True, slots=True)
class Venue:
    """Where sessions can be; metres on the British National Grid. `access` names its features."""

    id: str
    name: str
    address: str = ""
    postcode: str | None = None
    easting: int = 0
    northing: int = 0
    capacity: int = 0
    access: tuple[str, ...] = ()
    online: bool = False

    def lacks(self, features: frozenset[str]) -> frozenset[str]:
        """Return which of these features it does not have; an online one asks for no building."""
        return frozenset() if self.online else features - set(self.access)

    def metres_from(self, easting: int | None, northing: int | None) -> float:
        """Return the distance as the crow flies; 0 when nobody knows from where."""
        if easting is None or northing is None:
            return 0.0
        return hypot(self.easting - easting, self.northing - northing)

    def is_one_of(self, sites: Iterable[str]) -> bool:
        """Whether a site, as a person wrote it, is this venue by its name, id or postcode."""
        own = {_plain(each) for each in (self.name, self.id, self.postcode or "")}
        return any(plain and plain in own for plain in map(_plain, sites))


@dataclass(frozen=True, slots=True)
class Hub:
    """A collaborative: when its staff work (Monday is 0), and which venues it uses."""

    name: str
    staff_hours: Mapping[int, Sequence[Hours]]
    staff_present: int
    venues: tuple[Venue, ...]
    online_venue: Venue


@dataclass(frozen=True, slots=True)
class Booking:
    """A stretch of a day that an engagement has a venue for."""

    engagement_id: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class VenueDay:
    """All bookings of one venue on one day: two of them never overlap.

    One document a day, written under its version, so that of two replicas that book at once one
    has to look again. It is kept when the last booking goes: a new one would begin at version 0
    again, and a replica that read the old one could not tell.
    """

    id: str
    venue_id: str
    day: date
    bookings: tuple[Booking, ...] = ()
    version: int = 0

    def free(self, hours: Hours, engagement_id: str) -> bool:
        """Whether no other engagement is there in these hours."""
        return not any(
            b.hours.overlaps(hours) for b in self.bookings if b.engagement_id != engagement_id
        )

    def booked(self, engagement_id: str, hours: Sequence[Hours]) -> "VenueDay":
        """Return the day with exactly these hours for an engagement. Raises DoubleBookingError."""
        if not all(self.free(each, engagement_id) for each in hours):
            raise DoubleBookingError(f"venue {self.venue_id} is taken on {self.day}")
        others = [b for b in self.bookings if b.engagement_id != engagement_id]
        own = [Booking(engagement_id, each) for each in hours]
        bookings = sorted([*others, *own], key=lambda booking: booking.hours.start)
        return replace(self, bookings=tuple(bookings))


def _plain(site: str) -> str:
    return "".join(site.casefold().split())


def venue_day_id(venue_id: str, day: date) -> str:
    """Return the id of a venue's day."""
    return f"{venue_id}:{day.isoformat()}"


def empty_day(venue_id: str, day: date) -> VenueDay:
    """Return a day on which nobody has booked the venue yet."""
    return VenueDay(venue_day_id(venue_id, day), venue_id, day)
