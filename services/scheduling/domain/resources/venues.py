"""Hubs, the venues they use, and the people who work at their sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from services.scheduling.domain.calendar import Hours, Meeting
from shared.exclusions import ExclusionKey


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

    def known_by(self, key: ExclusionKey) -> tuple[str, ...]:
        """Return the digests of all by which a person may have named this venue as a site."""
        return key.digests(sites=(self.name, self.id, self.postcode or ""))


class WorkerKind(StrEnum):
    """Facilitators hold a session; communication professionals make it possible for a person."""

    FACILITATOR = "facilitator"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works at sessions; a professional by skill ("british-sign-language").

    `hours`: when they can be booked, by weekday (Monday is 0). `minutes_a_day` is the most that
    they are booked for on one day.
    """

    id: str
    name: str
    kind: WorkerKind
    hours: Mapping[int, Sequence[Hours]]
    minutes_a_day: int
    skills: frozenset[str] = frozenset()

    def works_at(self, meeting: Meeting) -> bool:
        """Whether they can be booked at that time of the week."""
        return any(
            shift.covers(meeting.hours) for shift in self.hours.get(meeting.day.weekday(), ())
        )


@dataclass(frozen=True, slots=True)
class Hub:
    """A collaborative: when its staff work (Monday is 0), which venues it uses, who works there.

    Each session has `facilitators` of its facilitators; `staff_present` seats are the hub's own.
    """

    name: str
    staff_hours: Mapping[int, Sequence[Hours]]
    staff_present: int
    venues: tuple[Venue, ...]
    online_venue: Venue
    workers: tuple[Worker, ...] = ()
    facilitators: int = 0
