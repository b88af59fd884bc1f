"""Whether a month stands out: the XmR chart of NHS England's Making Data Count.

Limits are the mean and 2.66 times the mean moving range, without screening of outliers, as the NHS
tool in Excel has it. With fewer than 13 points they say too little, and nothing is marked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

FEWEST = 13
FACTOR = 2.66
RUN = 7
"""So many points on one side of the mean, or one after the other rising or falling."""


class Cause(StrEnum):
    """Why a point stands out; the first that holds is named."""

    OUTSIDE = "outside"
    TREND = "trend"
    TWO_IN_THREE = "two_in_three"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values points lie by chance alone; `near` is two thirds of the way there."""

    mean: float
    reach: float

    @property
    def lower(self) -> float:
        """The lower limit; of a count it may lie below 0."""
        return self.mean - self.reach

    @property
    def upper(self) -> float:
        """The upper limit."""
        return self.mean + self.reach

    @property
    def near(self) -> float:
        """How far from the mean two of three points must lie to stand out."""
        return self.reach * 2 / 3


def limits_of(values: Sequence[float]) -> Limits | None:
    """Return the limits of a series; None where it has too few points."""
    if len(values) < FEWEST:
        return None
    return Limits(fmean(values), FACTOR * fmean(abs(b - a) for a, b in pairwise(values)))


def causes(values: Sequence[float]) -> tuple[Cause | None, ...]:
    """Return for each point why it stands out, if it does."""
    limits = limits_of(values)
    if limits is None:
        return (None,) * len(values)
    marked = {
        Cause.RUN: set(_runs(values, limits.mean)),
        Cause.TWO_IN_THREE: set(_two_in_three(values, limits)),
        Cause.TREND: set(_trends(values)),
        Cause.OUTSIDE: {at for at, x in enumerate(values) if abs(x - limits.mean) > limits.reach},
    }
    return tuple(
        next((cause for cause in Cause if at in marked[cause]), None) for at in range(len(values))
    )


def _runs(values: Sequence[float], mean: float) -> Iterator[int]:
    """Yield points with which as many lie on one side of the mean."""
    length, side = 0, 0
    for at, value in enumerate(values):
        now = (value > mean) - (value < mean)
        length = length + 1 if now == side else 1
        side = now
        if side and length >= RUN:
            yield at


def _trends(values: Sequence[float]) -> Iterator[int]:
    """Yield points with which as many rise, or fall, one after the other; a tie ends it."""
    length, way = 0, 0
    for at, (before, value) in enumerate(pairwise(values), start=1):
        now = (value > before) - (value < before)
        length = length + 1 if now == way else 1
        way = now
        if way and length >= RUN - 1:
            yield at


def _two_in_three(values: Sequence[float], limits: Limits) -> Iterator[int]:
    """Yield the far ones of three points on one side, two of which are far from the mean."""
    off = [value - limits.mean for value in values]
    for start in range(len(values) - 2):
        three = range(start, start + 3)
        same_side = all(off[at] > 0 for at in three) or all(off[at] < 0 for at in three)
        far = [at for at in three if limits.near < abs(off[at]) <= limits.reach]
        if same_side and len(far) > 1:
            yield from far
