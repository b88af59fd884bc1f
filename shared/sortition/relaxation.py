"""What gives way when no panel meets the quotas: the least that can, and what is said of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from shared.errors import RuleError
from shared.sortition.panels import hold
from shared.sortition.pools import Counts, Pool
from shared.sortition.quotas import Quota, Quotas
from shared.sortition.solver import Clock, Programme, Vector

PLACES = "places"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A quota, or the places, that cannot be met: `wanted` people against `available`."""

    feature: str
    value: str
    wanted: int
    available: int
    sentence: str


def relaxed(
    pool: Pool, quotas: Quotas, places: int, clock: Clock | None = None
) -> tuple[Quotas, tuple[Shortfall, ...]]:
    """Return the quotas that a panel can meet, and each that had to give way.

    The change is the smallest by the sum of what it costs each quota, a person more or less
    costing its share of the bound (5 to 7 costs 0.4, 1 to 0 costs 1). The pool holds at least
    as many people as there are places. Raises RuleError when it takes more than the quotas' flex,
    and OutOfTimeError.
    """
    fewer, more = _given_way(pool, quotas, places, clock or Clock())
    changed = [
        (quota, replace(quota, min=quota.min - less, max=quota.max + extra))
        for quota, less, extra in zip(quotas, fewer.tolist(), more.tolist(), strict=True)
    ]
    unmet = tuple(each for asked, kept in changed for each in _shortfalls(pool, asked, kept))
    return tuple(kept for _, kept in changed), unmet


def too_few(pool: Pool, quotas: Quotas, places: int) -> tuple[Shortfall, ...]:
    """Say what is not met when everybody eligible is on the panel and places stay empty."""
    sentence = f"{people_are(places)} wanted and {pool.total} {_are(pool.total)} eligible."
    short = Shortfall(PLACES, "", places, pool.total, sentence)
    return (short, *(_scarce(pool, quota) for quota in quotas if _people(pool, quota) < quota.min))


def _given_way(pool: Pool, quotas: Quotas, places: int, clock: Clock) -> tuple[Counts, Counts]:
    """Return by how many people each minimum falls, and each maximum rises."""
    profiles, count = len(pool.profiles), len(quotas)
    least = np.array([quota.min for quota in quotas], dtype=np.float64)
    most = np.array([quota.max for quota in quotas], dtype=np.float64)
    fewer = [quota.min - quota.min_flex for quota in quotas]
    more = [places if quota.max_flex is None else quota.max_flex - quota.max for quota in quotas]
    upper = np.concatenate([pool.sizes, fewer, more]).astype(np.float64)
    programme = Programme(np.zeros(len(upper)), upper, clock=clock, whole=True)
    each = np.hstack([np.eye(count), -np.eye(count)])
    hold(programme, pool, quotas, places, np.vstack([np.zeros(2 * count), each]))
    cost = np.concatenate([1 / np.maximum(least, 1), 1 / np.maximum(most, 1)])
    solution = programme.maximise(np.append(np.zeros(profiles), -cost))
    if solution is None:
        raise RuleError("no panel meets the quotas as far as they may give way")
    changes: Vector = np.rint(solution.values[profiles:])
    return changes[:count].astype(np.int64), changes[count:].astype(np.int64)


def _shortfalls(pool: Pool, asked: Quota, kept: Quota) -> Iterator[Shortfall]:
    what = f"{asked.feature}: {asked.value}"
    if _people(pool, asked) < asked.min:
        yield _scarce(pool, asked)
    elif kept.min < asked.min:
        sentence = (
            f"{people_are(asked.min)} wanted for {what}; "
            f"at most {kept.min} {'fits' if kept.min == 1 else 'fit'} beside the other quotas "
            "and the number of places."
        )
        yield Shortfall(asked.feature, asked.value, asked.min, kept.min, sentence)
    if kept.max > asked.max:
        sentence = (
            f"No more than {people_are(asked.max)} wanted for {what}; "
            f"it takes {kept.max} to fill the places beside the other quotas."
        )
        yield Shortfall(asked.feature, asked.value, asked.max, kept.max, sentence)


def _scarce(pool: Pool, quota: Quota) -> Shortfall:
    there = _people(pool, quota)
    sentence = (
        f"{people_are(quota.min)} wanted for {quota.feature}: {quota.value}; "
        f"{there} of those eligible {_are(there)}."
    )
    return Shortfall(quota.feature, quota.value, quota.min, there, sentence)


def _people(pool: Pool, quota: Quota) -> int:
    return int(pool.sizes[pool.of(quota)].sum())


def people_are(count: int) -> str:
    """Say how many people are, ready for what they are."""
    return f"{count} {'person' if count == 1 else 'people'} {_are(count)}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
