"""Quotas that make a panel look like the people of its boroughs."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from services.matching.domain.eligibility import ANY_AGE
from services.matching.domain.engagements import Engagement, Raise
from services.matching.domain.matches import QuotaFit
from shared.sortition import draw
from shared.sortition.quotas import Quota, Quotas
from shared.sortition.relaxation import Shortfall

Census = Mapping[str, Mapping[str, Mapping[str, int]]]
"""People by borough, feature and value."""

AGE_BAND = "age_band"
SLACK = 0.2
FLOOR = 2
LENDER = 4
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Population:
    """The people of each borough, and the boroughs of each hub."""

    census: Census
    boroughs: Mapping[str, Collection[str]]

    def target_of(self, engagement: Engagement) -> "Target":
        """Return what an engagement's panel is to be; a hub without figures is a shortfall.

        Where an engagement is for some boroughs or ages only, the quotas follow the people of
        those.
        """
        if not engagement.population:
            return Target(engagement.quotas)
        people = self._people_for(engagement)
        if not people:
            sentence = "There are no census figures for the boroughs of this engagement."
            lacking = Shortfall("population", "", engagement.places, 0, sentence)
            return Target((), unknown=(lacking,))
        known, unknown = _known(engagement.over_representation, people)
        quotas = population_quotas(with_raised(people, known), engagement.places)
        return Target(quotas, people, known, unknown)

    def _people_for(self, engagement: Engagement) -> dict[str, dict[str, int]]:
        boroughs = engagement.boroughs or self.boroughs.get(engagement.hub, ())
        people = in_boroughs(self.census, boroughs)
        if AGE_BAND in people:
            people[AGE_BAND] = {
                band: count
                for band, count in people[AGE_BAND].items()
                if _overlaps(band, engagement)
            }
        return people


@dataclass(frozen=True, slots=True)
class Target:
    """What a panel is to be; `people` are those whom its quotas follow, by feature and value.

    `raised` are the values wanted above their share of them; `unknown` says what could not be
    followed.
    """

    quotas: Quotas
    people: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    raised: Sequence[Raise] = ()
    unknown: tuple[Shortfall, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether there are no figures to follow at all."""
        return bool(self.unknown) and not self.quotas

    def beside(self, fits: Iterable[draw.QuotaFit]) -> tuple[QuotaFit, ...]:
        """Return the panel beside the quotas, and these beside the people."""
        times = {(each.feature, each.value): each.times for each in self.raised}
        return tuple(
            QuotaFit(
                each.feature,
                each.value,
                each.min,
                each.max,
                each.selected,
                population_share=self._share(each.feature, each.value),
                raised_times=times.get((each.feature, each.value)),
            )
            for each in fits
        )

    def _share(self, feature: str, value: str) -> float | None:
        values = self.people.get(feature, {})
        return round(values[value] / sum(values.values()), DIGITS) if value in values else None


def population_quotas(people: Mapping[str, Mapping[str, float]], places: int) -> Quotas:
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


def with_raised(
    people: Mapping[str, Mapping[str, int]], raised: Iterable[Raise]
) -> dict[str, dict[str, float]]:
    """Return the people with those of some values counted so many times."""
    counted = {feature: dict[str, float](values) for feature, values in people.items()}
    for each in raised:
        counted[each.feature][each.value] *= each.times
    return counted


def in_boroughs(census: Census, boroughs: Iterable[str]) -> dict[str, dict[str, int]]:
    """Add up the people of some boroughs; one that the census lacks counts for nothing."""
    added: dict[str, Counter[str]] = {}
    for borough in boroughs:
        for feature, values in census.get(borough, {}).items():
            added.setdefault(feature, Counter()).update(values)
    return {feature: dict(values) for feature, values in added.items()}


def seats_by_share(people: Mapping[str, float], places: int) -> dict[str, int]:
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


def _known(
    raised: Iterable[Raise], people: Mapping[str, Mapping[str, int]]
) -> tuple[tuple[Raise, ...], tuple[Shortfall, ...]]:
    """Divide what is to be raised into what can be, and a shortfall for each that cannot."""
    known = tuple(each for each in raised if people.get(each.feature, {}).get(each.value))
    return known, tuple(_uncounted(each) for each in raised if each not in known)


def _uncounted(asked: Raise) -> Shortfall:
    sentence = (
        f"{asked.feature}: {asked.value} is to be raised {asked.times:g} times on purpose, but the "
        "census counts nobody of it among the people of this engagement."
    )
    return Shortfall(asked.feature, asked.value, FLOOR, 0, sentence)


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
