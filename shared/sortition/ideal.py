"""The best chances there could be, were people divisible: leximin, by linear programmes."""

from dataclasses import dataclass

import numpy as np

from shared.sortition.panels import hold
from shared.sortition.pools import Pool
from shared.sortition.quotas import Quotas
from shared.sortition.solver import (
    ROOM,
    UNLIMITED,
    Clock,
    Programme,
    SolverFailedError,
    Vector,
)


@dataclass(frozen=True, slots=True)
class Ideal:
    """How many people of each profile a panel has on average, and the smallest chance then.

    Chances had in earlier draws are part of it.
    """

    average: Vector
    smallest: float


def leximin(pool: Pool, quotas: Quotas, places: int, clock: Clock) -> Ideal | None:
    """Return the averages whose smallest chance is largest, then the next smallest, and so on.

    Each round raises the chances that are not settled as far as all of them go together, and
    settles those that hold the others back, in every best solution.
    No lottery over panels of whole people does better, as each is such an average.
    """
    return _raised(pool, quotas, places, clock, once=False)


def maximin(pool: Pool, quotas: Quotas, places: int, clock: Clock) -> Ideal | None:
    """Return averages whose smallest chance is largest, and nothing more."""
    return _raised(pool, quotas, places, clock, once=True)


def _raised(pool: Pool, quotas: Quotas, places: int, clock: Clock, *, once: bool) -> Ideal | None:
    sizes, count = pool.sizes.astype(np.float64), len(pool.profiles)
    programme = _programme(pool, quotas, places, clock)
    solution = programme.maximise(np.append(np.zeros(count), 1.0))
    if solution is None:
        return None
    even = places / pool.total
    smallest, unsettled = solution.worth * even, np.ones(count, dtype=bool)
    while unsettled.any() and not once:
        settled = solution.binding(unsettled)
        for profile in np.flatnonzero(settled):
            chance = solution.worth * even - pool.had[profile]
            programme.settle(int(profile), count, chance * sizes[profile] - ROOM)
        unsettled &= ~settled
        again = programme.again() if unsettled.any() else solution
        if again is None:
            raise SolverFailedError("chances that were reached cannot be reached")
        solution = again
    return Ideal(np.clip(solution.values[:count], 0.0, sizes), smallest)


def _programme(pool: Pool, quotas: Quotas, places: int, clock: Clock) -> Programme:
    """Have a column for each profile and one for what all reach, as a multiple of an even chance.

    Chances had before are part of what is reached.
    """
    sizes, count = pool.sizes.astype(np.float64), len(pool.profiles)
    programme = Programme(np.zeros(count + 1), np.append(sizes, UNLIMITED), clock=clock)
    for profile, size in enumerate(sizes):
        reaches = np.zeros(count + 1)
        reaches[profile], reaches[count] = 1.0, -size * places / pool.total
        programme.row(reaches, -size * pool.had[profile], UNLIMITED)
    hold(programme, pool, quotas, places)
    return programme
