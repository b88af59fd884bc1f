"""A lottery over panels that gives everybody the best chance the quotas leave them.

First the ideal: the chances, were people divisible, whose smallest is as large as can be, then the
next smallest, and so on (leximin); no lottery can do better than it for those worst off. Then
panels whose numbers are those of the ideal rounded up or down, each making up for what the ones
before left out. Then the weights of the panels that bring every chance as near to its ideal as the
worst of them allows; while that is not near enough, what falls short prices one more panel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.sortition.quotas import Counts, Pool, Quotas
from shared.sortition.solver import UNLIMITED, Programme, Vector

FEWEST_PANELS, MANY_PANELS, MOST_PANELS = 20, 160, 300
MOST_PRICED_PANELS = 60
MANY_PROFILES = 400
"""Beyond this number a priced panel takes long and brings little."""

NEAR_ENOUGH = 0.995
"""Of the ideal: a chance of 10 per cent is then at least 9.95."""

EPSILON = 1e-7


@dataclass(frozen=True, slots=True)
class Lottery:
    """Panels, as numbers per profile, with the weight of each; the weights add up to 1."""

    panels: tuple[Counts, ...]
    weights: tuple[float, ...]

    def chances(self, pool: Pool) -> Vector:
        """Return the chance of one person of each profile: exactly what the lottery gives."""
        expected = np.array(self.weights) @ np.array(self.panels)
        return np.asarray(expected / pool.sizes, dtype=np.float64)


def fair_lottery(pool: Pool, quotas: Quotas, places: int) -> Lottery | None:
    """Return the lottery over panels of that size; None when no panel meets the quotas."""
    panels = panel_programme(pool, quotas, places)
    if panels.maximise(np.zeros(len(pool.profiles))) is None:
        return None
    ideal = _ideal(pool, quotas, places)
    wanted = min(MANY_PANELS, max(FEWEST_PANELS, 4 * len(pool.profiles) // places))
    return _weighted(panels, ideal, _rounded(pool, panels, ideal, wanted))


def panel_programme(
    pool: Pool, quotas: Quotas, places: int, *, divisible: bool = False
) -> Programme:
    """Return the panels that meet the quotas: a whole number of people of each profile."""
    sizes = pool.sizes.astype(np.float64)
    programme = Programme(np.zeros(len(sizes)), sizes, whole=not divisible)
    programme.row(np.ones(len(sizes)), places, places)
    for quota in quotas:
        programme.row(pool.of(quota).astype(np.float64), quota.min, quota.max)
    return programme


def _ideal(pool: Pool, quotas: Quotas, places: int) -> Vector:
    """Return how many of each profile a panel has on average under the leximin of divisible people.

    Each round raises the chances that are not settled yet as far as all of them go together, and
    settles those that hold the others back.
    """
    sizes, columns = pool.sizes.astype(np.float64), len(pool.profiles)
    settled = np.full(columns, -1.0)
    average = np.zeros(columns)
    while (settled < 0).any():
        solution = _raise_unsettled(pool, quotas, places, settled)
        if solution is None:
            break
        chance, prices, average = solution
        binding = (settled < 0) & (prices > EPSILON)
        settled[binding if binding.any() else settled < 0] = chance
    return np.clip(average, 0.0, sizes)


def _raise_unsettled(
    pool: Pool, quotas: Quotas, places: int, settled: Vector
) -> tuple[float, Vector, Vector] | None:
    sizes, columns = pool.sizes.astype(np.float64), len(pool.profiles)
    programme = Programme(np.zeros(columns + 1), np.append(sizes, 1.0))
    for index, fixed in enumerate(settled):
        row = np.zeros(columns + 1)
        row[index] = 1.0
        row[columns] = 0.0 if fixed >= 0 else -sizes[index]
        programme.row(row, max(fixed * sizes[index] - EPSILON, 0.0), UNLIMITED)
    programme.row(np.append(np.ones(columns), 0.0), places, places)
    for quota in quotas:
        programme.row(np.append(pool.of(quota).astype(np.float64), 0.0), quota.min, quota.max)
    solution = programme.maximise(np.append(np.zeros(columns), 1.0))
    if solution is None:
        return None
    return solution.worth, np.abs(solution.prices[:columns]), solution.values[:columns]


def _rounded(pool: Pool, panels: Programme, ideal: Vector, wanted: int) -> list[Counts]:
    """Return panels that follow the ideal, each making up for what those before left out."""
    least = np.floor(ideal + EPSILON)
    panels.within(least, np.ceil(ideal - EPSILON))
    owed, left_out, found = ideal - least, (ideal > EPSILON) & (least == 0), list[Counts]()
    while len(found) < wanted or (left_out.any() and len(found) < MOST_PANELS):
        solution = panels.maximise(owed + left_out)
        if solution is None:
            panels.within(np.zeros(len(ideal)), pool.sizes.astype(np.float64))
            solution = panels.maximise(owed + left_out)
        if solution is None:
            break
        panel = np.rint(solution.values).astype(np.int64)
        found.append(panel)
        owed += ideal - panel
        if np.allclose(owed, ideal - least, atol=EPSILON):
            break  # what is owed is what it was at first: these panels in turn are the ideal
        left_out &= panel == 0
    panels.within(np.zeros(len(ideal)), pool.sizes.astype(np.float64))
    return found


def _weighted(panels: Programme, ideal: Vector, found: Sequence[Counts]) -> Lottery:
    """Weigh the panels found, and price more of them while a chance is far below its ideal."""
    reachable = np.sum(found, axis=0) > 0
    scale = np.where(ideal > EPSILON, ideal, 1.0)
    count = int(reachable.sum())
    mix = Programme(np.zeros(1), np.ones(1))
    for _ in range(count):
        mix.row(np.array([-1.0]), 0.0, UNLIMITED)
    mix.row(np.zeros(1), 1.0, 1.0)
    known: dict[bytes, Counts] = {}
    for panel in found:
        _mix_in(mix, known, panel, reachable, scale)
    solution = mix.maximise(np.append(1.0, np.zeros(len(known))))
    for _ in range(MOST_PRICED_PANELS if count < MANY_PROFILES else 0):
        if solution is None or solution.worth >= NEAR_ENOUGH:
            break
        worth = np.zeros(len(ideal))
        worth[reachable] = np.abs(solution.prices[:count]) / scale[reachable]
        priced = panels.maximise(worth)
        if priced is None or priced.worth <= solution.worth + EPSILON:
            break
        if not _mix_in(mix, known, np.rint(priced.values).astype(np.int64), reachable, scale):
            break
        solution = mix.again()
    return _lottery(known, solution.values[1:] if solution else np.ones(len(known)))


def _mix_in(
    mix: Programme,
    known: dict[bytes, Counts],
    panel: Counts,
    reachable: Vector,
    scale: Vector,
) -> bool:
    if panel.tobytes() in known:
        return False
    known[panel.tobytes()] = panel
    mix.column(np.append((panel / scale)[reachable], 1.0))
    return True


def _lottery(known: dict[bytes, Counts], weights: Vector) -> Lottery:
    used = [
        (panel, weight)
        for panel, weight in zip(known.values(), weights, strict=True)
        if weight > EPSILON
    ]
    total = sum(weight for _, weight in used)
    return Lottery(
        tuple(panel for panel, _ in used), tuple(float(weight / total) for _, weight in used)
    )
