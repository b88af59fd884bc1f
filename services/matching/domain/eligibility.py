"""Hard requirements: who may be asked at all, and how many are left after each of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot
from types import MappingProxyType

from services.matching.domain.candidates import Candidate, Slot, joined
from services.matching.domain.engagements import Engagement, Meeting, days, weekdays
from shared.exclusions import ExclusionKey

ANY_AGE = 200
SPOKEN_UNLESS_SAID = ("en",)
"""What a person speaks who named no language."""


class Requirement(StrEnum):
    """The requirements, in the order in which they narrow the field, in words for staff."""

    CONSENT = "consent and hub"
    LIVED_EXPERIENCE = "lived experience"
    AGE = "age"
    BOROUGH = "borough"
    TRAVEL = "travel or online"
    LANGUAGE = "language"
    AVAILABILITY = "availability"
    EXCLUSIONS = "partners and places people stay away from"
    NOT_ASKED = "not invited before"
    NO_PLACE_ELSEWHERE = "no place elsewhere at that time"
    NOT_TOO_OFTEN = "not asked too often lately"
    NOT_EXCLUDED = "not left out by staff"


@dataclass(frozen=True, slots=True)
class Step:
    """How many people were left after a requirement."""

    requirement: str
    left: int


Holds = Callable[[Candidate, Engagement], bool]
NOBODY_SPARED: Mapping[Requirement, Holds] = MappingProxyType({})


def wide_requirements(engagement: Engagement) -> tuple[Requirement, ...]:
    """Return those that an index answers, so that the others need not be read."""
    asked = {
        Requirement.CONSENT: True,
        Requirement.LIVED_EXPERIENCE: bool(engagement.any_of or engagement.all_of),
        Requirement.AGE: engagement.age_min is not None or engagement.age_max is not None,
        Requirement.BOROUGH: bool(engagement.boroughs),
    }
    return tuple(requirement for requirement, wanted in asked.items() if wanted)


def meets_wide(candidate: Candidate, engagement: Engagement) -> bool:
    """Whether all the wide requirements hold."""
    return all(_WIDE[each](candidate, engagement) for each in wide_requirements(engagement))


def holds(requirement: Requirement, candidate: Candidate, engagement: Engagement) -> bool:
    """Whether one of the wide requirements holds."""
    return _WIDE[requirement](candidate, engagement)


def is_eligible(candidate: Candidate, engagement: Engagement, key: ExclusionKey) -> bool:
    """Whether every requirement holds that can be told from the candidate alone."""
    return (
        meets_wide(candidate, engagement)
        and all(rule(candidate, engagement) for rule in _CLOSE.values())
        and (not candidate.avoids or _welcoming(engagement, key)(candidate, engagement))
    )


def narrowed(
    candidates: Iterable[Candidate],
    engagement: Engagement,
    key: ExclusionKey,
    *,
    asked_before: Collection[str],
    spared_by: Mapping[Requirement, Holds] = NOBODY_SPARED,
    excluded: Collection[str] = (),
) -> tuple[Sequence[Candidate], tuple[Step, ...]]:
    """Apply the requirements that no index answers, one after the other."""
    left, steps = list(candidates), list[Step]()
    close = {**_CLOSE, Requirement.EXCLUSIONS: _welcoming(engagement, key)}
    for requirement, rule in close.items():
        left = [candidate for candidate in left if rule(candidate, engagement)]
        steps.append(Step(requirement, len(left)))
    if asked_before:
        left = [candidate for candidate in left if candidate.id not in asked_before]
        steps.append(Step(Requirement.NOT_ASKED, len(left)))
    for requirement, spares in spared_by.items():
        left = [candidate for candidate in left if not spares(candidate, engagement)]
        steps.append(Step(requirement, len(left)))
    if excluded:
        left = [candidate for candidate in left if candidate.id not in excluded]
        steps.append(Step(Requirement.NOT_EXCLUDED, len(left)))
    return left, tuple(steps)


def distance_km(candidate: Candidate, engagement: Engagement) -> float | None:
    """Return the straight line from home to the site; None when either is not known."""
    site = engagement.site
    if None in (candidate.easting, candidate.northing, site.easting, site.northing):
        return None
    east = (candidate.easting or 0) - (site.easting or 0)
    north = (candidate.northing or 0) - (site.northing or 0)
    return hypot(east, north) / 1000


def free_slots(candidate: Candidate, engagement: Engagement) -> tuple[Slot, ...]:
    """Return the weekly slots that hold a session, and come in the window on a day not away."""
    free = _free_weekdays(candidate, engagement)
    return tuple(_long_enough(joined(candidate.slots), free, engagement))


def _long_enough(
    slots: Iterable[Slot], free: frozenset[int], engagement: Engagement
) -> Iterator[Slot]:
    return (
        slot for slot in slots if slot.day in free and slot.minutes >= engagement.session_minutes
    )


def _free_weekdays(candidate: Candidate, engagement: Engagement) -> frozenset[int]:
    if not candidate.away:
        return weekdays(engagement.window_start, engagement.window_end)
    return frozenset(
        day.weekday()
        for day in days(engagement.window_start, engagement.window_end)
        if not any(away.start <= day <= away.end for away in candidate.away)
    )


def _consents(candidate: Candidate, engagement: Engagement) -> bool:
    return candidate.active and candidate.hub == engagement.hub


def _has_lived_experience(candidate: Candidate, engagement: Engagement) -> bool:
    has = set(candidate.lived_experience)
    return has.issuperset(engagement.all_of) and (
        not engagement.any_of or not has.isdisjoint(engagement.any_of)
    )


def _is_of_age(candidate: Candidate, engagement: Engagement) -> bool:
    """Whether the age may lie within the limits; one that is not known does not."""
    if candidate.age_from is None or candidate.age_to is None:
        return engagement.age_min is None and engagement.age_max is None
    oldest = ANY_AGE if engagement.age_max is None else engagement.age_max
    return candidate.age_from <= oldest and candidate.age_to >= (engagement.age_min or 0)


def _lives_there(candidate: Candidate, engagement: Engagement) -> bool:
    return not engagement.boroughs or candidate.borough in engagement.boroughs


def _can_join(candidate: Candidate, engagement: Engagement) -> bool:
    if engagement.site.online and candidate.online:
        return True
    if not engagement.site.in_person:
        return not engagement.site.online
    distance = distance_km(candidate, engagement)
    return candidate.in_person and (distance is None or distance <= candidate.travel_km)


def _speaks(candidate: Candidate, engagement: Engagement) -> bool:
    spoken = candidate.languages or SPOKEN_UNLESS_SAID
    return not engagement.languages or not set(spoken).isdisjoint(engagement.languages)


def _is_free(candidate: Candidate, engagement: Engagement) -> bool:
    """Whether they can come to a session, or where none has a time, one fits into the window.

    No weekly slot means any time. Most people have one slot that is long enough, so slots are
    joined only for the others.
    """
    if candidate.id in engagement.cannot_come:
        return False
    if not candidate.slots and not candidate.away:
        return True
    if meetings := engagement.meetings:
        return any(_can_come(candidate, each) for each in meetings)
    free = _free_weekdays(candidate, engagement)
    if not candidate.slots:
        return bool(free)
    return any(_long_enough(candidate.slots, free, engagement)) or any(
        _long_enough(joined(candidate.slots), free, engagement)
    )


def _can_come(candidate: Candidate, meeting: Meeting) -> bool:
    if any(away.start <= meeting.day <= away.end for away in candidate.away):
        return False
    return not candidate.slots or any(
        slot.day == meeting.day.weekday()
        and slot.start <= meeting.start
        and meeting.end <= slot.end
        for slot in joined(candidate.slots)
    )


def _welcoming(engagement: Engagement, key: ExclusionKey) -> Holds:
    """Return whether somebody stays away neither from the partner nor from the place."""
    site = engagement.site
    places = (each for each in (site.postcode, site.borough) if each)
    names = frozenset(key.digests(partners=(engagement.partner,), sites=places))

    def is_welcome(candidate: Candidate, _engagement: Engagement) -> bool:
        return not (candidate.avoids and key.keeps_away(candidate.avoids, names))

    return is_welcome


_WIDE: dict[Requirement, Holds] = {
    Requirement.CONSENT: _consents,
    Requirement.LIVED_EXPERIENCE: _has_lived_experience,
    Requirement.AGE: _is_of_age,
    Requirement.BOROUGH: _lives_there,
}
_CLOSE: dict[Requirement, Holds] = {
    Requirement.TRAVEL: _can_join,
    Requirement.LANGUAGE: _speaks,
    Requirement.AVAILABILITY: _is_free,
}
