"""Choosing when and where a series of sessions takes place.

In this order: everybody's access needs are met; most of the panel can make the whole series; most
of them in one room, not from home; least travel; earliest; nearest to the engagement's own place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from services.scheduling.domain.access import AccessRules
from services.scheduling.domain.attendants import Attendant
from services.scheduling.domain.calendar import (
    LONDON,
    UNKNOWN_HOLIDAYS,
    BankHolidays,
    Days,
    Hours,
    Meeting,
    Rhythm,
    SchoolHolidays,
    counted,
    in_words,
    open_days,
    series,
    starts,
)
from services.scheduling.domain.crowd import Crowd
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.venues import Hub, Venue, VenueDay, venue_day_id


@dataclass(frozen=True, slots=True)
class Contact:
    """How much is asked of a person, whatever approvals and reserves come together.

    Nobody new is seated who has sessions of another engagement ahead within `rest` of these (None:
    at their hours), or who was asked `most_asks` times within `asks_within`.
    """

    rest: timedelta | None
    most_asks: int
    asks_within: timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every engagement: hubs by name, needs, holidays.

    `least_present` is how many of a panel must be able to come: never one person alone. `contact`:
    how much is asked of a person. `school_holidays`: by hub; of others they are not known.
    """

    hubs: Mapping[str, Hub]
    access: AccessRules
    holidays: BankHolidays
    least_present: int
    contact: Contact
    school_holidays: Mapping[str, SchoolHolidays] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """A series to be placed: for whom, how often, and what is booked by others already."""

    engagement: Engagement
    rhythm: Rhythm
    people: Sequence[Attendant]
    places: int
    days: Mapping[str, VenueDay]


@dataclass(frozen=True, slots=True)
class Placed:
    """The series that was found; `present` is how many people can make all of it."""

    meetings: tuple[Meeting, ...]
    venue: Venue
    present: int


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Nothing was found; sentences for staff that name what is in the way."""

    reasons: tuple[str, ...]


def place(wish: Wish, rules: Rules, now: datetime) -> Placed | Obstacles:
    """Choose slot and venue of a series."""
    engagement = wish.engagement
    hub = rules.hubs.get(engagement.hub)
    if hub is None:
        return Obstacles((f"no staff hours and venues are set up for the hub {engagement.hub}",))
    notice = rules.access.notice(wish.people)
    first = now.astimezone(LONDON).date() + timedelta(days=notice)
    window = Days(max(first, engagement.terms.window.first), engagement.terms.window.last)
    if window.first > window.last:
        return Obstacles((_too_late(notice, window.last),))
    suited, faults = suitable_venues(wish, hub, rules.access)
    school = rules.school_holidays.get(hub.name, UNKNOWN_HOLIDAYS)
    search = _Search(wish, suited, min(rules.least_present, len(wish.people)), school)
    found = _best(search, _candidates(wish.rhythm, window, hub, rules))
    return found if isinstance(found, Placed) else Obstacles((*faults, *found.reasons))


def suitable_venues(
    wish: Wish, hub: Hub, access: AccessRules
) -> tuple[list[Venue], tuple[str, ...]]:
    """Return the venues that fit the panel, and why there are none in person where there are none.

    An engagement that may be held in person is, as long as one venue fits; those who cannot
    travel join from home where it may also be online.
    """
    if not wish.engagement.terms.in_person:
        return [hub.online_venue], ()
    seats = wish.places + hub.staff_present
    roomy = [venue for venue in hub.venues if venue.capacity >= seats]
    needed = access.features(wish.people)
    suited = [venue for venue in roomy if not venue.lacks(needed)]
    if suited:
        return suited, ()
    fallback = [hub.online_venue] if wish.engagement.terms.online else []
    if not roomy:
        return fallback, (f"no venue has room for {seats} people",)
    nearest = min(roomy, key=lambda venue: len(venue.lacks(needed)))
    lacking = ", ".join(sorted(nearest.lacks(needed)))
    return fallback, (f"no venue meets all access needs: {nearest.name} lacks {lacking}",)


def _candidates(
    rhythm: Rhythm, window: Days, hub: Hub, rules: Rules
) -> Iterator[tuple[Hours, tuple[date, ...]]]:
    shifts = [hours for day in hub.staff_hours.values() for hours in day]
    for hours in starts(shifts, rhythm.minutes):
        days = open_days(window, hours, hub.staff_hours, rules.holidays)
        for first in range(len(days)):
            found = series(days, first, rhythm)
            if found is None:
                break
            yield hours, found


def _best(
    search: "_Search", candidates: Iterator[tuple[Hours, tuple[date, ...]]]
) -> Placed | Obstacles:
    for hours, days in candidates:
        search.consider(hours, days)
    return search.best or Obstacles((search.obstacle(),))


class _Search:
    """The best series so far, and how far the others came."""

    def __init__(
        self, wish: Wish, venues: Sequence[Venue], least_present: int, school: SchoolHolidays
    ) -> None:
        self.best: Placed | None = None
        self._wish = wish
        self._crowd = Crowd(wish.people, wish.engagement.id, wish.engagement.terms, school)
        self._venues = [
            (venue, self._crowd.reach(venue), self._crowd.visitors(venue)) for venue in venues
        ]
        self._least = least_present
        self._rank: tuple[int, int, float, date, time, float] | None = None
        self._travel: dict[tuple[str, int], float] = {}
        self._tried = False
        self._enough = False

    def consider(self, hours: Hours, days: tuple[date, ...]) -> None:
        """Try one series at every venue."""
        self._tried = True
        can_come = -1
        for day in days:
            can_come &= self._crowd.free(day, hours)
        for venue, reach, visitors in self._venues:
            present = (can_come & reach).bit_count()
            if self._may_win(present):
                self._enough = True
                if self._is_free(venue, hours, days):
                    placed = Placed(tuple(Meeting(day, hours) for day in days), venue, present)
                    self._keep_if_better(placed, can_come & visitors)

    def obstacle(self) -> str:
        """Say what stopped the series that came furthest."""
        rhythm, window = self._wish.rhythm, self._wish.engagement.terms.window
        if not self._venues:
            return "it may not be held online either"
        if not self._tried:
            return f"{_unfitting(rhythm)} into staff hours by {in_words(window.last)}"
        if self._enough:
            return "every venue that fits is booked at the times that people can make"
        least = counted(self._least, "person", "people")
        return f"at no time can {least} of the panel make all sessions"

    def _may_win(self, present: int) -> bool:
        return present >= self._least and (self._rank is None or present >= -self._rank[0])

    def _is_free(self, venue: Venue, hours: Hours, days: tuple[date, ...]) -> bool:
        booked = self._wish.days
        taken = (booked.get(venue_day_id(venue.id, day)) for day in days)
        return venue.online or all(
            day is None or day.free(hours, self._wish.engagement.id) for day in taken
        )

    def _keep_if_better(self, placed: Placed, visitors: int) -> None:
        key = placed.venue.id, visitors
        if key not in self._travel:
            self._travel[key] = self._crowd.travel(visitors, placed.venue)
        terms = self._wish.engagement.terms
        rank = (
            -placed.present,
            -visitors.bit_count(),
            self._travel[key],
            placed.meetings[0].day,
            placed.meetings[0].hours.start,
            placed.venue.metres_from(terms.easting, terms.northing),
        )
        if self._rank is None or rank < self._rank:
            self.best, self._rank = placed, rank


def _unfitting(rhythm: Rhythm) -> str:
    if rhythm.count == 1:
        return f"a session of {rhythm.minutes} minutes does not fit"
    apart = counted(rhythm.every_days, "day", "days")
    return f"{rhythm.count} sessions of {rhythm.minutes} minutes, {apart} apart, do not fit"


def _too_late(notice: int, last: date) -> str:
    """Say so without the day of asking: the next day the same obstacle must be the same words."""
    return (
        f"the window ends on {in_words(last)}, before the {counted(notice, 'day', 'days')}"
        " of notice that people and their support need are over"
    )
