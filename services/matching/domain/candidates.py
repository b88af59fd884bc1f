"""A candidate: what matching knows of a participant who may be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.matching.domain.chances import Had
from shared.sortition.quotas import NOT_ANSWERED, Features


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of every week: day 0 is Monday, times are minutes after midnight, local time."""

    day: int
    start: int
    end: int

    @property
    def minutes(self) -> int:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from the first to the last, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Reach:
    """The square, in metres on the British National Grid, that holds every place in reach."""

    west: int = -10_000_000
    east: int = 10_000_000
    south: int = -10_000_000
    north: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A participant who may be asked; not `active`, a mark that they may not, and nothing else.

    Who is `erased` never comes back.
    `sequence` is that of the newest event heard about them. `references` are the publishers' own
    ids of the person, by publisher. `avoids` are digests of partners and sites. `had` are their
    chances in earlier draws, which stay when they leave and come back.
    """

    id: str
    hub: str
    sequence: int
    active: bool = False
    erased: bool = False
    references: Mapping[str, str] = field(default_factory=dict)
    age_from: int | None = None
    age_to: int | None = None
    age_band: str | None = None
    borough: str | None = None
    easting: int | None = None
    northing: int | None = None
    travel_km: float = 0.0
    reach: Reach = Reach()
    online: bool = False
    in_person: bool = False
    languages: tuple[str, ...] = ()
    lived_experience: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    away: tuple[Stretch, ...] = ()
    avoids: tuple[str, ...] = ()
    monitoring: Mapping[str, str] = field(default_factory=dict)
    one_paid_activity_a_week: bool = False
    had: Had | None = None
    version: int = 0

    def features(self) -> Features:
        """Return what quotas may ask for; what was not answered is not there."""
        known = {**self.monitoring, "age_band": self.age_band or "", "borough": self.borough or ""}
        return {feature: value for feature, value in known.items() if value not in NOT_ANSWERED}

    def whole(self) -> "Candidate":
        """Return the person as they are kept, where the reach was left unread."""
        return replace(self, reach=reach_around(self.easting, self.northing, self.travel_km))

    def reference_for(self, publisher: str) -> str:
        """Return the id that a publisher, or else any other, gave to the person."""
        return self.references.get(publisher) or next(iter(self.references.values()), "")


def joined(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Return slots in the order of the week, those of a day that touch or overlap made one."""
    whole: list[Slot] = []
    for slot in sorted(slots, key=lambda each: (each.day, each.start)):
        last = whole[-1] if whole else None
        if last and last.day == slot.day and slot.start <= last.end:
            whole[-1] = Slot(last.day, last.start, max(last.end, slot.end))
        else:
            whole.append(slot)
    return tuple(whole)


def reach_around(easting: int | None, northing: int | None, travel_km: float) -> Reach:
    """Return the square around a home; of a home that is not known, the whole grid."""
    if easting is None or northing is None:
        return Reach()
    metres = int(travel_km * 1000)
    return Reach(easting - metres, easting + metres, northing - metres, northing + metres)
