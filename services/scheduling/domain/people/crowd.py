"""Who of a panel can come: people are the bits of an integer, so that a slot costs an `and`."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.scheduling.domain.calendar import UNKNOWN_HOLIDAYS, Hours, SchoolHolidays
from services.scheduling.domain.engagements.engagement import Terms
from services.scheduling.domain.people.attendants import (
    Attendant,
    is_hard,
    is_here,
    usual_week,
    usually_comes,
)
from services.scheduling.domain.resources.venues import Venue
from shared.exclusions import ExclusionKey


class Crowd:
    """The people of one panel, in the order given, asked about one engagement."""

    def __init__(
        self,
        people: Sequence[Attendant],
        engagement_id: str,
        terms: Terms,
        key: ExclusionKey,
        school: SchoolHolidays = UNKNOWN_HOLIDAYS,
    ) -> None:
        self._people = people
        self._key = key
        self._terms = terms
        self._school = school
        self._weeks = [usual_week(person) for person in people]
        self._busy: dict[date, list[tuple[int, Hours]]] = {}
        for bit, person in enumerate(people):
            for day, hours in person.busy(apart_from=engagement_id):
                self._busy.setdefault(day, []).append((1 << bit, hours))
        self._usual: dict[tuple[int, Hours], int] = {}
        self._here: dict[date, int] = {}
        self._free: dict[tuple[date, Hours], int] = {}
        self._hard: dict[tuple[int, Hours], int] = {}

    def free(self, day: date, hours: Hours) -> int:
        """Return who can come on this day at these hours, wherever it is."""
        found = self._free.get((day, hours))
        if found is None:
            found = self._usually_free(day.weekday(), hours) & self._not_away(day)
            for bit, taken in self._busy.get(day, ()):
                found &= ~bit if taken.overlaps(hours) else -1
            self._free[day, hours] = found
        return found

    def hard(self, day: date, hours: Hours) -> int:
        """Return for whom these hours are hard, a part of them being enough."""
        key = day.weekday(), hours
        if key not in self._hard:
            self._hard[key] = _bits(is_hard(person, day, hours) for person in self._people)
        return self._hard[key]

    def alike(self, day: date) -> tuple[int, int, tuple[tuple[int, Hours], ...]]:
        """Return what days have in common on which the same people can come at the same hours."""
        return day.weekday(), self._not_away(day), tuple(self._busy.get(day, ()))

    def reach(self, venue: Venue) -> int:
        """Return who can take part at this venue: by going there, or from home where allowed."""
        return _bits(takes_part(each, venue, self._terms, self._key) for each in self._people)

    def visitors(self, venue: Venue) -> int:
        """Return who can go to this venue."""
        return _bits(goes_to(each, venue, self._key) for each in self._people)

    def _usually_free(self, weekday: int, hours: Hours) -> int:
        key = weekday, hours
        if key not in self._usual:
            self._usual[key] = _bits(usually_comes(each, weekday, hours) for each in self._weeks)
        return self._usual[key]

    def _not_away(self, day: date) -> int:
        if day not in self._here:
            self._here[day] = _bits(is_here(each, day, self._school) for each in self._people)
        return self._here[day]


def goes_to(person: Attendant, venue: Venue, key: ExclusionKey) -> bool:
    """Whether the person can go to this venue: near enough, and no place they stay away from."""
    if venue.online or not person.in_person:
        return False
    near = venue.metres_from(person.easting, person.northing) <= person.travel_km * 1000
    return near and not (person.avoids and key.keeps_away(person.avoids, venue.known_by(key)))


def takes_part(person: Attendant, venue: Venue, terms: Terms, key: ExclusionKey) -> bool:
    """Whether the person can be at a session at this venue: there, or from home where allowed."""
    return goes_to(person, venue, key) or (person.online and (venue.online or terms.online))


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)
