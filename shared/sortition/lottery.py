"""A lottery over panels that gives everybody the best chance the quotas leave them (leximin).

First the ideal, as if people were divisible (`ideal.py`): no lottery over panels does better. Then
panels that mix to it: from the ideal, away from a panel on its face, to the rim of that face, and
on from there until a panel is met. Each step touches a bound more, so there are few. Where whole
people cannot mix to the ideal, chances are raised in turn over panels alone, each as far as no
panel that there is raises it further.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from shared.sortition.ideal import leximin, maximin
from shared.sortition.mixing import Mix
from shared.sortition.nash import widest_spread
from shared.sortition.panels import Panels
from shared.sortition.pools import Counts, Pool
from shared.sortition.quotas import Quotas
from shared.sortition.solver import Clock, Mask, OutOfTimeError, Vector

SECONDS = 60.0
MOST_STEPS = 5_000
MET = 1 - 1e-7
"""Of every profile's ideal."""


class Method(StrEnum):
    """What is made as large as it can be.

    The smallest chance, then the next, and so on; the smallest only; the product of all.
    """

    LEXIMIN = "leximin"
    MAXIMIN = "maximin"
    NASH = "nash"


@dataclass(frozen=True, slots=True)
class Lottery:
    """Panels, as numbers per profile, with the weight of each; the weights add up to 1.

    `bound`: no lottery gives everybody more than this chance, which is proven; chances had in
    earlier draws count. Unless it was `in_time`, more time might have found better panels.
    """

    panels: tuple[Counts, ...]
    weights: tuple[float, ...]
    bound: float
    in_time: bool = True

    def chances(self, pool: Pool) -> Vector:
        """Return the chance of one person of each profile: exactly what the lottery gives."""
        expected = np.array(self.weights) @ np.array(self.panels)
        return np.asarray(expected / pool.sizes, dtype=np.float64)


def fair_lottery(
    pool: Pool,
    quotas: Quotas,
    places: int,
    *,
    method: Method = Method.LEXIMIN,
    seconds: float = SECONDS,
) -> Lottery | None:
    """Return the lottery over panels of that size; None when no panel meets the quotas.

    Raises OutOfTimeError when not one panel is found in time.
    """
    clock = Clock(seconds)
    panels = Panels(pool, quotas, places, clock)
    some = panels.best(np.zeros(len(pool.profiles)))
    ideal_of = maximin if method is Method.MAXIMIN else leximin
    ideal = ideal_of(pool, quotas, places, clock) if some else None
    if ideal is None or some is None:
        return None
    mix = Mix(ideal.average, [some.panel])
    try:
        for panel in _mixing_to(ideal.average, panels):
            mix.add(panel)
        if mix.raised(panels, enough=MET).worth < MET:
            fair = _raised_in_turn(pool, panels, mix.panels, places, method)
        else:
            fair = _lottery(mix, ideal.smallest)
        return _widened(fair, pool, panels) if method is Method.NASH else fair
    except OutOfTimeError:
        return replace(_lottery(mix, ideal.smallest), in_time=False)


def _mixing_to(point: Vector, panels: Panels) -> Iterator[Counts]:
    """Yield panels between which the point lies."""
    for _ in range(MOST_STEPS):
        panel = panels.on_face(point)
        if panel is None:
            return
        yield panel
        away = point - panel
        steps = panels.room(point, away)
        if np.isinf(steps):
            return
        point = point + steps * away


def _raised_in_turn(
    pool: Pool, panels: Panels, known: Sequence[Counts], places: int, method: Method
) -> Lottery:
    """Raise all chances together; settle those that hold the others back; raise the others."""
    even = places / pool.total
    mix = Mix(np.full(len(pool.sizes), even) * pool.sizes, known, pool.had / even)
    unsettled: Mask = np.ones(len(pool.profiles), dtype=bool)
    solution = mix.raised(panels)
    bound = solution.worth * even
    while unsettled.any() and method is not Method.MAXIMIN:
        unsettled &= ~mix.settle(solution, unsettled)
        solution = mix.raised(panels)
    return _lottery(mix, bound)


def _widened(fair: Lottery, pool: Pool, panels: Panels) -> Lottery:
    found, weights = widest_spread(pool, panels, fair.panels, fair.weights)
    return replace(fair, panels=tuple(found), weights=tuple(weights.tolist()))


def _lottery(mix: Mix, bound: float) -> Lottery:
    weights = mix.weights(mix.best())
    used = np.flatnonzero(weights)
    return Lottery(
        tuple(mix.panels[each] for each in used),
        tuple(float(weights[each]) for each in used),
        bound,
    )
