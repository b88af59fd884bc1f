"""A lottery over panels that gives everybody the best chance the quotas leave them (leximin).

First the ideal, as if people were divisible (`ideal.py`): no lottery over panels does better. Then
panels that mix to it: from the ideal, away from a panel on its face, to the rim of that face, and
on from there until a panel is met. Each step touches a bound more, so there are few. Where whole
people cannot mix to the ideal, chances are raised in turn over panels alone, each as far as no
panel that there is raises it further.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from shared.sortition.ideal import leximin, maximin
from shared.sortition.mixing import Mix
from shared.sortition.nash import widest_spread
from shared.sortition.panels import Panels
from shared.sortition.pools import Counts, Pool
from shared.sortition.quotas import Quotas
from shared.sortition.solver import (
    Clock,
    Mask,
    OutOfTimeError,
    Solution,
    SolverFailedError,
    Vector,
)

MOST_STEPS = 5_000
AFTERWARDS = 30.0
"""Seconds, at most, to weigh what was found when the time ran out."""
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

    def by_person(self, pool: Pool, digits: int) -> dict[str, float]:
        """Return everybody's chance, rounded to so many digits."""
        told = [round(chance, digits) for chance in self.chances(pool).tolist()]
        return {
            person: chance for chance, ids in zip(told, pool.people, strict=True) for person in ids
        }


def fair_lottery(
    pool: Pool,
    quotas: Quotas,
    places: int,
    *,
    method: Method = Method.LEXIMIN,
    clock: Clock | None = None,
) -> Lottery | None:
    """Return the lottery over panels of that size; None when no panel meets the quotas.

    When the time runs out, it is the best over the panels found until then. Raises OutOfTimeError
    when not one is found, and SolverFailedError.
    """
    clock = clock or Clock()
    quotas = tuple(sorted(quotas, key=lambda quota: (quota.feature, quota.value)))
    if not pool.total or places < 1:
        return None
    panels = Panels(pool, quotas, places, clock)
    some = panels.best(np.zeros(len(pool.profiles)))
    if some is None:
        return None
    search = _Search(pool, places, panels, clock, [some.panel])
    try:
        return _fair(search, quotas, method)
    except OutOfTimeError:
        return search.best_so_far()


@dataclass
class _Search:
    """A lottery being looked for: what is known so far."""

    pool: Pool
    places: int
    panels: Panels
    clock: Clock
    found: list[Counts]
    bound: float = np.inf

    def mix(self, shares: Vector, clock: Clock, had: Vector | None = None) -> Mix:
        """Begin a mix with all that is found; what it finds is found."""
        mix = Mix(shares, self.found, clock, had)
        self.found = mix.panels
        return mix

    def best_so_far(self) -> Lottery:
        """Return the fairest lottery over the panels found, with no new one."""
        return replace(_raised_in_turn(self, Clock(AFTERWARDS), panels=None), in_time=False)


def _fair(search: _Search, quotas: Quotas, method: Method) -> Lottery:
    pool, places = search.pool, search.places
    ideal_of = maximin if method is Method.MAXIMIN else leximin
    ideal = ideal_of(pool, quotas, places, search.clock)
    if ideal is None:
        raise SolverFailedError("there are panels, but no average of them")
    search.bound = ideal.smallest
    mix = search.mix(ideal.average, search.clock)
    for panel in _mixing_to(ideal.average, search.panels):
        mix.add(panel)
    solution = mix.raised(search.panels, enough=MET)
    if solution.worth < MET:
        once = method is Method.MAXIMIN
        fair = _raised_in_turn(search, search.clock, panels=search.panels, once=once)
    else:
        fair = _lottery(mix, solution, ideal.smallest)
    return _widened(fair, search) if method is Method.NASH else fair


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
    search: _Search, clock: Clock, *, panels: Panels | None, once: bool = False
) -> Lottery:
    """Raise all chances together; settle those that hold the others back; raise the others.

    Over all `panels`, or over those found only.
    """
    pool, even = search.pool, search.places / search.pool.total
    mix = search.mix(pool.sizes.astype(np.float64) * even, clock, pool.had / even)
    unsettled: Mask = np.ones(len(pool.profiles), dtype=bool)
    solution = mix.raised(panels) if panels else mix.best()
    if panels:
        search.bound = solution.worth * even
    while not once:
        unsettled &= ~mix.settle(solution, unsettled)
        if not unsettled.any():
            break
        solution = mix.raised(panels) if panels else mix.best()
    return _lottery(mix, solution, search.bound)


def _widened(fair: Lottery, search: _Search) -> Lottery:
    found, weights = widest_spread(search.pool, search.panels, fair.panels, fair.weights)
    return replace(fair, panels=tuple(found), weights=tuple(weights.tolist()))


def _lottery(mix: Mix, solution: Solution, bound: float) -> Lottery:
    weights = mix.weights(solution)
    used = np.flatnonzero(weights)
    return Lottery(
        tuple(mix.panels[each] for each in used),
        tuple(float(weights[each]) for each in used),
        bound,
    )
