"""Quotas that make a panel look like the people of its boroughs."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor

from services.matching.domain.eligibility import ANY_AGE
from services.matching.domain.engagements import Engagement
from shared.sortition.quotas import Quota, Quotas
from shared.sortition.relaxation import Shortfall

Census = Mapping[str, Mapping[str, Mapping[str, int]]]
"""People by borough, feature and value."""

AGE_BAND = "age_band"
SLACK = 0.2
FLOOR = 2
LENDER = 4


@dataclass(frozen=True, slots=True)
class Population:
    """The people of each borough, and the boroughs of each hub."""

    census: Census
    boroughs: Mapping[str, Collection[str]]

    def quotas_for(self, engagement: Engagement) -> tuple[Quotas, tuple[Shortfall, ...]]:
        """Return an engagement's quotas; a hub without census figures is a shortfall.

        Where an engagement is for some boroughs or ages only, the quotas follow the people of
        those.
        """
        if not engagement.population:
            return engagement.quotas, ()
        boroughs = engagement.boroughs or self.boroughs.get(engagement.hub, ())
        people = in_boroughs(self.census, boroughs)
        if not people:
            sentence = "There are no census figures for the boroughs of this engagement."
            return (), (Shortfall("population", "", engagement.places, 0, sentence),)
        bands = {
            band: count
            for band, count in people.pop(AGE_BAND, {}).items()
            if _overlaps(band, engagement)
        }
        return population_quotas({**people, AGE_BAND: bands}, engagement.places), ()


def population_quotas(people: Mapping[str, Mapping[str, int]], places: int) -> Quotas:
    """Return quotas from numbers of people by feature and value.

    A feature's places go to its values in proportion (largest remainder). Nobody is to be the
    only one of a group: a value with one place is given a second by the value that has most, if
    that keeps at least three; otherwise none is asked for and up to two may come. The minimum
    is a fifth below the places, rounded down, and never below two; the maximum a fifth above,
    rounded up. The fifth leaves room for people who did not answer.
    """
    return tuple(
        Quota(feature, value, *_bounds(seats))
        for feature, values in sorted(people.items())
        for value, seats in _without_loners(seats_by_share(values, places)).items()
    )


def in_boroughs(census: Census, boroughs: Iterable[str]) -> dict[str, dict[str, int]]:
    """Add up the people of some boroughs; one that the census lacks counts for nothing."""
    added: dict[str, Counter[str]] = {}
    for borough in boroughs:
        for feature, values in census.get(borough, {}).items():
            added.setdefault(feature, Counter()).update(values)
    return {feature: dict(values) for feature, values in added.items()}


def seats_by_share(people: Mapping[str, int], places: int) -> dict[str, int]:
    """Divide places by largest remainder; a tie goes to the first by name."""
    total = sum(people.values())
    if not total:
        return {}
    exact = {value: places * count / total for value, count in sorted(people.items())}
    seats = {value: floor(share) for value, share in exact.items()}
    by_remainder = sorted(exact, key=lambda value: (seats[value] - exact[value], value))
    for value in by_remainder[: places - sum(seats.values())]:
        seats[value] += 1
    return seats


def _without_loners(seats: Mapping[str, int]) -> dict[str, int]:
    given = dict(seats)
    for value in sorted(given):
        lender = max(sorted(given), key=given.__getitem__)
        if given[value] == 1 and given[lender] >= LENDER:
            given[lender] -= 1
            given[value] += 1
    return given


def _bounds(seats: int) -> tuple[int, int]:
    if seats < FLOOR:
        return 0, FLOOR
    return max(FLOOR, floor(seats * (1 - SLACK))), ceil(seats * (1 + SLACK))


def _overlaps(band: str, engagement: Engagement) -> bool:
    first, _, last = band.rstrip("+").partition("-")
    oldest = ANY_AGE if engagement.age_max is None else engagement.age_max
    return int(first) <= oldest and int(last or ANY_AGE) >= (engagement.age_min or 0)
