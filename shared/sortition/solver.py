"""Linear and integer programmes, solved by HiGHS in the same way every time."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

NODES = 2_000
SECONDS = 10.0
"""A safety net far above what a panel takes: reaching it may cost the repeatability of a draw."""

UNLIMITED = highspy.kHighsInf
FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


@dataclass(frozen=True, slots=True)
class Solution:
    """The best point found, what it is worth, and what each row's limit is worth."""

    values: Vector
    worth: float
    prices: Vector


class Programme:
    """Maximise something over columns within bounds, subject to rows."""

    def __init__(self, lower: Vector, upper: Vector, *, whole: bool = False) -> None:
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
            ("mip_max_nodes", NODES),
        ):
            self._highs.setOptionValue(option, value)
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.columns = len(lower)
        self._highs.addVars(self.columns, lower, upper)
        if whole:
            kinds = np.full(self.columns, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
            self._highs.changeColsIntegrality(self.columns, self._all, kinds)

    @property
    def _all(self) -> NDArray[np.int32]:
        return np.arange(self.columns, dtype=np.int32)

    def row(self, coefficients: Vector, lower: float, upper: float) -> None:
        """Hold a weighted sum of the columns between two limits."""
        used = np.flatnonzero(coefficients).astype(np.int32)
        self._highs.addRow(lower, upper, len(used), used, coefficients[used])

    def column(self, coefficients: Vector, worth: float = 0.0) -> None:
        """Add a column from zero upwards, with its part in each of the rows."""
        used = np.flatnonzero(coefficients).astype(np.int32)
        self._highs.addCol(worth, 0.0, UNLIMITED, len(used), used, coefficients[used])
        self.columns += 1

    def within(self, lower: Vector, upper: Vector) -> None:
        """Change the bounds of all columns."""
        self._highs.changeColsBounds(self.columns, self._all, lower, upper)

    def maximise(self, worth: Vector) -> Solution | None:
        """Return the best point; None when no point meets the rows."""
        self._highs.changeColsCost(self.columns, self._all, worth)
        return self.again()

    def again(self) -> Solution | None:
        """Solve with the worths as they are."""
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + SECONDS)
        self._highs.run()
        outcome, found = self._highs.getInfo(), self._highs.getSolution()
        if outcome.primal_solution_status != FEASIBLE:
            return None
        return Solution(
            np.array(found.col_value, dtype=np.float64),
            float(outcome.objective_function_value),
            np.array(found.row_dual, dtype=np.float64),
        )
