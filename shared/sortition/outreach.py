"""Who is still to be found, so that the quotas can be met: the fewest people, and what they are."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

import numpy as np

from shared.sortition.panels import hold
from shared.sortition.pools import NOT_COUNTED, Pool
from shared.sortition.quotas import Quotas
from shared.sortition.solver import Clock, OutOfTimeError, Programme

SECONDS = 30.0
MOST_KINDS = 4_000
"""Of people to look for; with more, only features whose quotas cannot be met are told apart."""
TOLD_APART = 0.01
"""What a feature more costs beside a person more: as few as possible are asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many people who have these values; of a feature that is not named, any."""

    people: int
    features: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """Say it: `2 people with ethnicity: black, sex: male`."""
        count = "1 person" if self.people == 1 else f"{self.people} people"
        told = ", ".join(f"{feature}: {value}" for feature, value in self.features.items())
        return f"{count} with {told}" if told else f"{count}, whoever they are"


def wanted_people(pool: Pool, quotas: Quotas, places: int) -> tuple[Wanted, ...]:
    """Return the fewest people who are missing beside the pool; nothing where a panel is possible.

    Nothing either where no people would help, as quotas contradict each other, or where it takes
    too long to say: a draw must not fail for want of it.
    """
    with suppress(OutOfTimeError):
        return _fewest(pool, quotas, places)
    return ()


def _fewest(pool: Pool, quotas: Quotas, places: int) -> tuple[Wanted, ...]:
    kinds = _kinds(pool, quotas)
    sizes = pool.sizes.astype(np.float64)
    least, most = np.zeros(len(sizes) + len(kinds)), np.append(sizes, np.full(len(kinds), places))
    programme = Programme(least, most, clock=Clock(SECONDS), whole=True)
    columns = [pool.features.index(quota.feature) for quota in quotas]
    has = [
        [kind[column] == quota.value for kind in kinds]
        for column, quota in zip(columns, quotas, strict=True)
    ]
    hold(programme, pool, quotas, places, np.array([[True] * len(kinds), *has]))
    cost = [1 + TOLD_APART * sum(value != NOT_COUNTED for value in kind) for kind in kinds]
    solution = programme.maximise(np.append(np.zeros(len(sizes)), -np.array(cost)))
    if solution is None:
        return ()
    counts = np.rint(solution.values[len(sizes) :]).astype(np.int64).tolist()
    return tuple(_wanted(pool.features, kinds, counts))


def _kinds(pool: Pool, quotas: Quotas) -> Sequence[tuple[str, ...]]:
    """Return every kind of person that could help, by their values of the pool's features."""
    values = [
        [NOT_COUNTED, *sorted({q.value for q in quotas if q.feature == feature and q.max})]
        for feature in pool.features
    ]
    short = {q.feature for q in quotas if pool.sizes[pool.of(q)].sum() < q.min}
    if np.prod([len(each) for each in values]) > MOST_KINDS:
        values = [
            each if feature in short else [NOT_COUNTED]
            for feature, each in zip(pool.features, values, strict=True)
        ]
    return list(product(*values))


def _wanted(
    features: Sequence[str], kinds: Sequence[tuple[str, ...]], counts: Sequence[int]
) -> Iterator[Wanted]:
    for kind, count in zip(kinds, counts, strict=True):
        if count:
            named = zip(features, kind, strict=True)
            yield Wanted(count, {name: value for name, value in named if value != NOT_COUNTED})
