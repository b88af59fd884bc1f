"""Quotas that make a panel look like the people of its boroughs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, floor

from services.matching.domain.quotas import Quota, Quotas

Census = Mapping[str, Mapping[str, Mapping[str, int]]]
"""People by borough, feature and value."""

SLACK = 0.2
FLOOR = 2
LENDER = 4


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
