"""Weights of panels that give every profile its share, and new panels where that needs them."""

from collections.abc import Sequence

import numpy as np

from shared.sortition.panels import Panels
from shared.sortition.pools import Counts
from shared.sortition.solver import (
    ROOM,
    UNLIMITED,
    Clock,
    Mask,
    Programme,
    Solution,
    SolverFailedError,
    Vector,
)

BETTER = 1e-8
"""By how much a new panel must be worth more than those that are mixed already."""
ROOMS = (10 * ROOM, 100 * ROOM, 1_000 * ROOM)
UNUSED = 1e-9
"""A share or a weight below this is none."""


class Mix:
    """Raises what all profiles get, as a multiple of their shares, to the most there can be.

    `shares` are numbers of people of each profile; one of 0 asks for nothing. `had` is what
    multiple each has already.
    """

    def __init__(
        self,
        shares: Vector,
        known: Sequence[Counts],
        clock: Clock,
        had: Vector | None = None,
    ) -> None:
        self.panels: list[Counts] = []
        self._shares = np.where(shares > UNUSED, shares, np.inf)
        self._count = len(shares)
        self._master = Programme(np.zeros(1), np.array([UNLIMITED]), clock=clock)
        self._had = np.zeros(self._count) if had is None else had
        for share, already in zip(self._shares, self._had, strict=True):
            raised = -1.0 if share < np.inf else 0.0
            self._master.row(np.array([raised]), -already, UNLIMITED)
        self._master.row(np.zeros(1), 1.0, 1.0)
        self._settled: dict[int, float] = {}
        self._known: set[bytes] = set()
        for panel in known:
            self.add(panel)

    def add(self, panel: Counts) -> bool:
        """Let a panel be mixed in; say whether it is a new one."""
        if panel.tobytes() in self._known:
            return False
        self._known.add(panel.tobytes())
        self.panels.append(panel)
        self._master.column(np.append(panel / self._shares, 1.0))
        return True

    def best(self) -> Solution:
        """Return the best that the panels known can do; its worth is the multiple.

        There is one: where the solver's own errors, added up, leave none, what is settled gives
        way a little.
        """
        for room in ROOMS:
            solution = self._master.maximise(np.append(1.0, np.zeros(len(self.panels))))
            if solution is not None:
                return solution
            for profile, least in self._settled.items():
                self._master.settle(profile, 0, least - room)
        raise SolverFailedError("panels can always be mixed")

    def raised(self, panels: Panels, *, enough: float = UNLIMITED) -> Solution:
        """Return the best that any panels can do, pricing new ones until none is better.

        What is `enough` needs no proof.
        """
        solution = self.best()
        while solution.worth < enough:
            priced = panels.best(np.abs(solution.prices[: self._count]) / self._shares)
            paid = abs(solution.prices[self._count])
            if priced is None or priced.worth <= paid + BETTER or not self.add(priced.panel):
                break
            solution = self.best()
        return solution

    def settle(self, solution: Solution, unsettled: Mask) -> Mask:
        """Keep what holds the others back at what it has; return which it is."""
        settled = solution.binding(unsettled)
        for profile in np.flatnonzero(settled):
            self._settled[int(profile)] = least = solution.worth - self._had[profile]
            self._master.settle(int(profile), 0, least - ROOM)
        return settled

    def weights(self, solution: Solution) -> Vector:
        """Return the weight of each panel; they add up to 1."""
        weights = np.where(solution.values[1:] > UNUSED, solution.values[1:], 0.0)
        return np.asarray(weights / weights.sum())
