"""How evenly chances are spread: the figures by which draws are compared."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Figures:
    """The smallest chance, Gini's coefficient (0: all alike), the geometric mean."""

    minimum: float
    gini: float
    geometric_mean: float


def figures(chances: ArrayLike) -> Figures:
    """Return the figures of all people's chances; of nobody's, zeros.

    Gini as the mean difference between any two over twice the mean; a chance of 0 makes the
    geometric mean 0.
    """
    found = np.sort(np.asarray(chances, dtype=np.float64))
    count, total = len(found), float(found.sum())
    if not count or total == 0:
        return Figures(0.0, 0.0, 0.0)
    ranks = np.arange(1, count + 1)
    gini = float(2 * (ranks @ found) / (count * total) - (count + 1) / count)
    mean = float(np.exp(np.log(found).mean())) if found[0] > 0 else 0.0
    return Figures(float(found[0]), max(gini, 0.0), mean)
