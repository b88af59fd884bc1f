"""The lottery whose product of all chances is largest (Nash): for the worst off and the many."""

from collections.abc import Sequence

import numpy as np

from shared.sortition.panels import Panels
from shared.sortition.pools import Counts, Pool
from shared.sortition.solver import Vector

NEAR = 1e-3
"""Of the most that a panel could still add, per person."""
STEPS = 1_000
FIRST_WEIGHT = 0.02
SMALLEST_WEIGHT = 1e-9


def widest_spread(
    pool: Pool, panels: Panels, known: Sequence[Counts], weights: Sequence[float]
) -> tuple[list[Counts], Vector]:
    """Return panels and weights, begun with some that give everybody a chance who can have one.

    A panel is added as long as it would raise the mean of the logarithms by more than `NEAR`; that
    bound is exact, as the mean is concave. Raises OutOfTimeError.
    """
    found, mixed = list(known), np.asarray(weights, dtype=np.float64)
    sizes = pool.sizes.astype(np.float64)
    while True:
        mixed = _balanced(np.array(found, dtype=np.float64), mixed, sizes)
        priced = panels.best(_worth(np.array(found).T @ mixed, sizes))
        if priced is None or priced.worth <= _reachable(found, sizes) * (1 + NEAR):
            used = mixed > SMALLEST_WEIGHT
            kept = [panel for panel, is_used in zip(found, used, strict=True) if is_used]
            return kept, mixed[used] / mixed[used].sum()
        found.append(priced.panel)
        mixed = np.append(mixed * (1 - FIRST_WEIGHT), FIRST_WEIGHT)


def _balanced(panels: Vector, weights: Vector, sizes: Vector) -> Vector:
    """Raise the weight of each panel by what it is worth, again and again; the sum stays 1."""
    total = _reachable(panels, sizes)
    for _ in range(STEPS):
        weights = weights * (panels @ _worth(panels.T @ weights, sizes)) / total
    return np.asarray(weights / weights.sum())


def _reachable(panels: "Sequence[Counts] | Vector", sizes: Vector) -> float:
    """Return how many people have a chance: what all panels are worth at the best weights."""
    return float(sizes[np.sum(panels, axis=0) > 0].sum())


def _worth(average: Vector, sizes: Vector) -> Vector:
    """Return what a person more of each profile adds to the sum of the logarithms."""
    return np.divide(sizes, average, out=np.zeros_like(sizes), where=average > 0)
