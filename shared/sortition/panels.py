"""The panels that meet the quotas, as numbers of people per profile.

Divisible people first: the best of all points is found in a fraction of a millisecond, and mostly
is a panel. Only where it is not are whole numbers asked for.
"""

from typing import NamedTuple

import numpy as np

from shared.sortition.pools import Counts, Pool
from shared.sortition.quotas import Quotas
from shared.sortition.solver import Clock, Programme, Vector

TOUCHES = 1e-6
"""Nearer than this to a bound or to a whole number, a count is taken to be there."""

GOOD_ENOUGH = 0.5
"""Of what the best panel is worth, where any will do."""


class Priced(NamedTuple):
    """A panel, and what it is worth."""

    panel: Counts
    worth: float


class Panels:
    """All panels of so many places from a pool; those of a face of them for a while."""

    def __init__(self, pool: Pool, quotas: Quotas, places: int, clock: Clock) -> None:
        self._sizes = pool.sizes.astype(np.float64)
        self._rows, self._least, self._most = rows_of(pool, quotas, places)
        nobody = np.zeros(len(self._sizes))
        self._divisible = Programme(nobody, self._sizes, clock=clock)
        self._whole = Programme(nobody, self._sizes, clock=clock, whole=True)
        for programme in (self._divisible, self._whole):
            hold(programme, pool, quotas, places)

    def best(self, worth: Vector) -> Priced | None:
        """Return the panel that is worth most; None when no panel meets the quotas."""
        nobody = np.zeros(len(self._sizes))
        self._within(np.append(nobody, self._least), np.append(self._sizes, self._most))
        return self._priced(worth)

    def on_face(self, point: Vector) -> Counts | None:
        """Return a panel near a point that touches every bound which the point touches."""
        self._within(*self._face(point))
        found = self._priced(point, gap=GOOD_ENOUGH)
        return found and found.panel

    def room(self, point: Vector, direction: Vector) -> float:
        """Return how often the direction can be added to the point before it leaves its face."""
        lower, upper = self._face(point)
        at, along = self._with_rows(point), self._with_rows(direction)
        moves = (upper > lower) & (np.abs(along) > TOUCHES**2)
        ahead = np.where(along > 0, upper - at, lower - at)[moves] / along[moves]
        return float(max(ahead.min(initial=np.inf), 0.0))

    def _priced(self, worth: Vector, gap: float = 0.0) -> Priced | None:
        best = self._divisible.maximise(worth)
        if best and np.abs(best.values - np.rint(best.values)).max() > TOUCHES:
            best = self._whole.maximise(worth, gap=gap)
        return Priced(np.rint(best.values).astype(np.int64), best.worth) if best else None

    def _face(self, point: Vector) -> tuple[Vector, Vector]:
        """Return bounds of profiles and of rows, drawn together where the point touches one."""
        lower = np.append(np.zeros(len(self._sizes)), self._least)
        upper = np.append(self._sizes, self._most)
        at = self._with_rows(point)
        return np.where(at >= upper - TOUCHES, upper, lower), np.where(
            at <= lower + TOUCHES, lower, upper
        )

    def _with_rows(self, point: Vector) -> Vector:
        return np.append(point, self._rows @ point)

    def _within(self, lower: Vector, upper: Vector) -> None:
        count = len(self._sizes)
        for programme in (self._divisible, self._whole):
            programme.within(lower[:count], upper[:count])
            programme.limits(lower[count:], upper[count:])


def hold(
    programme: Programme, pool: Pool, quotas: Quotas, places: int, beside: Vector | None = None
) -> None:
    """Hold a programme to what a panel is held to, its first columns being the profiles.

    `beside` has what the columns after them count in each row; nothing, where it is None.
    """
    rows, least, most = rows_of(pool, quotas, places)
    more = np.zeros((len(rows), programme.columns - len(pool.profiles)))
    if beside is not None:
        more[: len(beside)] = beside
    for row, lower, upper in zip(np.hstack([rows, more]), least, most, strict=True):
        programme.row(row, lower, upper)


def rows_of(pool: Pool, quotas: Quotas, places: int) -> tuple[Vector, Vector, Vector]:
    """Return what a panel is held to: rows of what counts of each profile, the least, the most.

    The places come first, then a row for each quota, then one for each kind of shared home.
    """
    homes = pool.shared_homes()
    counted = [
        np.ones(len(pool.profiles)),
        *(pool.of(quota) for quota in quotas),
        *(there for there, _ in homes),
    ]
    least = [places, *(quota.min for quota in quotas), *(0 for _ in homes)]
    most = [places, *(quota.max for quota in quotas), *(count for _, count in homes)]
    return (
        np.array(counted, dtype=np.float64),
        np.array(least, dtype=np.float64),
        np.array(most, dtype=np.float64),
    )
