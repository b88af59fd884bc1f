"""What is asked of a series of sessions, and what was found for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.scheduling.domain.calendar import (
    LONDON,
    UNKNOWN_HOLIDAYS,
    BankHolidays,
    Days,
    Meeting,
    Rhythm,
    SchoolHolidays,
    counted,
    in_words,
)
from services.scheduling.domain.engagements.engagement import Engagement
from services.scheduling.domain.engagements.panels import Member, Quota
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.access import AccessRules
from services.scheduling.domain.planning.staffing import Role, Support
from services.scheduling.domain.resources.venues import Hub, Venue, WorkerKind
from shared.exclusions import ExclusionKey


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
    `exclusions` tells
    which venues people stay away from. `plan_seconds` is how long the choice among series that
    compete may take. `quorum`: the share of the places that a session needs.
    """

    hubs: Mapping[str, Hub]
    access: AccessRules
    holidays: BankHolidays
    least_present: int
    contact: Contact
    exclusions: ExclusionKey
    school_holidays: Mapping[str, SchoolHolidays] = field(default_factory=dict)
    plan_seconds: float = 2.0
    quorum: float = 0.5

    def school(self, hub: str) -> SchoolHolidays:
        """Return when the schools of a hub are closed."""
        return self.school_holidays.get(hub, UNKNOWN_HOLIDAYS)


@dataclass(frozen=True, slots=True)
class Wish:
    """A series to be placed: for whom, how often, in which days.

    `people` and `members` are the same persons in the same order. `waived` are the features and
    skills of which a named member of staff accepted that they will not be there. `avoided` are
    the times that it is moved away from.
    """

    engagement: Engagement
    rhythm: Rhythm
    window: Days
    people: Sequence[Attendant]
    members: Sequence[Member]
    quotas: Sequence[Quota]
    places: int
    waived: frozenset[str] = frozenset()
    avoided: frozenset[Meeting] = frozenset()

    @property
    def id(self) -> str:
        """The engagement's."""
        return self.engagement.id


@dataclass(frozen=True, slots=True)
class Alternative:
    """A time that was next best, in the terms of `Choice`."""

    meetings: tuple[Meeting, ...]
    venue: Venue
    present: int
    of: int
    deviation: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a series is when and where it is.

    `present` of `of`: how many times somebody of the panel can be at a session of it. `deviation`:
    by how many people the quotas are missed among those who can come, summed over the sessions.
    `travel_km`: as the crow flies, of all who go there, there and not back. `hard`: how many times
    somebody called those hours hard.
    """

    present: int
    of: int
    deviation: int
    travel_km: int
    hard: int
    next_best: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """The series that was found, and who works at each session of it."""

    meetings: tuple[Meeting, ...]
    venue: Venue
    choice: Choice
    support: tuple[tuple[Support, ...], ...] = ()

    @property
    def resources(self) -> list[tuple[str, Meeting]]:
        """The room and the workers that it takes, and when."""
        rooms = [] if self.venue.online else [(self.venue.id, each) for each in self.meetings]
        supported = zip(self.meetings, self.support, strict=True)
        return [*rooms, *((w.worker_id, meeting) for meeting, team in supported for w in team)]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Nothing was found; sentences for staff that name what is in the way.

    `unmet` are the needs of the panel, features or skills, that stand in the way: what staff may
    accept in writing.
    """

    reasons: tuple[str, ...]
    unmet: tuple[str, ...] = ()


Found = Placed | Obstacles


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and by whom a series may be held: a hub's venues that fit, the roles to be filled."""

    hub: Hub
    venues: Sequence[Venue]
    roles: tuple[Role, ...]
    window: Days
    faults: tuple[str, ...] = ()
    unmet: tuple[str, ...] = field(default=())


def setting(wish: Wish, rules: Rules, now: datetime) -> Setting | Obstacles:
    """Return where and by whom the series may be held, and from when on."""
    hub = rules.hubs.get(wish.engagement.hub)
    if hub is None:
        return Obstacles((f"no staff hours and venues are set up for {wish.engagement.hub}",))
    notice = rules.access.notice(wish.people, wish.waived)
    first = now.astimezone(LONDON).date() + timedelta(days=notice)
    window = Days(max(first, wish.window.first), wish.window.last)
    if window.first > window.last:
        return Obstacles((_too_late(notice, window.last),))
    venues, faults, unmet = suitable_venues(wish, hub, rules.access)
    wanted = roles(wish.people, wish.rhythm.minutes, hub, rules.access)
    needed = tuple(role for role in wanted if role.skill not in wish.waived)
    return Setting(hub, venues, needed, window, faults, unmet)


def roles(
    people: Sequence[Attendant], minutes: int, hub: Hub, access: AccessRules
) -> tuple[Role, ...]:
    """Return who is to be at a session of so many minutes."""
    facilitators = (Role(WorkerKind.FACILITATOR) for _ in range(hub.facilitators))
    return (*access.roles(people, minutes), *facilitators)


def suitable_venues(
    wish: Wish, hub: Hub, access: AccessRules
) -> tuple[list[Venue], tuple[str, ...], tuple[str, ...]]:
    """Return the venues that fit the panel, why there are none in person, and which needs lack.

    An engagement that may be held in person is, as long as one venue fits; those who cannot
    travel join from home where it may also be online.
    """
    if not wish.engagement.terms.in_person:
        return [hub.online_venue], (), ()
    seats = wish.places + hub.staff_present
    roomy = [venue for venue in hub.venues if venue.capacity >= seats]
    needed = access.features(wish.people) - wish.waived
    suited = [venue for venue in roomy if not venue.lacks(needed)]
    if suited:
        return suited, (), ()
    fallback = [hub.online_venue] if wish.engagement.terms.online else []
    if not roomy:
        return fallback, (f"no venue has room for {seats} people",), ()
    nearest = min(roomy, key=lambda venue: len(venue.lacks(needed)))
    lacks = tuple(sorted(nearest.lacks(needed)))
    said = f"no venue meets all access needs: {nearest.name} lacks {', '.join(lacks)}"
    return fallback, (said,), lacks


def _too_late(notice: int, last: date) -> str:
    """Say so without the day of asking: the next day the same obstacle must be the same words."""
    return (
        f"the window ends on {in_words(last)}, before the {counted(notice, 'day', 'days')}"
        " of notice that people and their support need are over"
    )
