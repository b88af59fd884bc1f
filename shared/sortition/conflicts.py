"""Why no panel meets the quotas: a smallest set of bounds that cannot hold together, in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shared.sortition.panels import Panels
from shared.sortition.pools import Pool
from shared.sortition.quotas import Quota, Quotas
from shared.sortition.relaxation import people_are
from shared.sortition.solver import Clock


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a quota: at least, or at most, so many."""

    quota: Quota
    is_least: bool

    @property
    def count(self) -> int:
        """How many people it names."""
        return self.quota.min if self.is_least else self.quota.max

    @property
    def words(self) -> str:
        """Say it as it is written."""
        side = "at least" if self.is_least else "at most"
        return f"{self.quota.feature}: {self.quota.value} {side} {self.count}"


def conflict(pool: Pool, quotas: Quotas, places: int, clock: Clock) -> tuple[Bound, ...]:
    """Return bounds that cannot hold together, where any of them fewer could.

    There may be other such sets. `pool` has at least as many people as places. Raises
    OutOfTimeError.
    """
    kept = list(_bounds(quotas))
    for bound in tuple(kept):
        others = [each for each in kept if each is not bound]
        if not _can_hold(pool, quotas, others, places, clock):
            kept = others
    return tuple(kept)


def in_words(bounds: Sequence[Bound], pool: Pool, places: int) -> str:
    """Say why they cannot hold together; without any, it is the homes that people share."""
    if not bounds:
        return f"People of the pool live in fewer than {places} households."
    if len(bounds) == 1 and bounds[0].is_least:
        quota = bounds[0].quota
        there = int(pool.sizes[pool.of(quota)].sum())
        return f"{bounds[0].words} is wanted, and of the pool {people_are(there)}."
    told = "; ".join(each.words for each in bounds)
    sentence = f"These cannot hold together on a panel of {places}: {told}."
    [feature, *others] = {each.quota.feature for each in bounds}
    if others or len({each.is_least for each in bounds}) > 1:
        return sentence
    total = sum(each.count for each in bounds)
    side = "least" if bounds[0].is_least else "most"
    return f"{sentence} Together {feature} asks for at {side} {total}."


def _bounds(quotas: Quotas) -> Iterator[Bound]:
    for quota in quotas:
        if quota.min > 0:
            yield Bound(quota, is_least=True)
        yield Bound(quota, is_least=False)


def _can_hold(
    pool: Pool, quotas: Quotas, bounds: Iterable[Bound], places: int, clock: Clock
) -> bool:
    least = {each.quota: each.quota.min for each in bounds if each.is_least}
    most = {each.quota: each.quota.max for each in bounds if not each.is_least}
    asked = tuple(
        replace(quota, min=least.get(quota, 0), max=most.get(quota, places)) for quota in quotas
    )
    panels = Panels(pool, asked, places, clock)
    return panels.best(np.zeros(len(pool.profiles))) is not None
