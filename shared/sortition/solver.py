"""Linear and integer programmes, solved by HiGHS in the same way every time."""

from dataclasses import dataclass
from time import monotonic

import highspy
import numpy as np
from numpy.typing import NDArray

from shared.errors import AppError

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]

UNLIMITED = highspy.kHighsInf
FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible
USUAL_SECONDS = 60.0
OPTIMAL = highspy.HighsModelStatus.kOptimal
TOLERANCE = 1e-9
"""By how much a limit may be missed, and a price be wrong."""
ROOM = 1e-8
"""By how much less than it has is asked of what is settled, so that it can be reached again."""
PRICED = 1e-7
"""Above this, a price says that a limit holds the worth back."""


class OutOfTimeError(AppError):
    """A programme was not solved within the time there was."""

    code = "out-of-time"


class SolverFailedError(AppError):
    """A programme has neither a best point nor a proof that there is none."""

    code = "solver-failed"


class Clock:
    """The time that a draw may take. Reaching its end is said, never passed over."""

    def __init__(self, seconds: float = USUAL_SECONDS) -> None:
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, never below 0."""
        return max(self._end - monotonic(), 0.0)


@dataclass(frozen=True, slots=True)
class Solution:
    """The best point, what it is worth, and what each row's limit is worth."""

    values: Vector
    worth: float
    prices: Vector

    def binding(self, unsettled: Mask) -> Mask:
        """Return which of the first rows, so far unsettled, hold the worth back; else all of them.

        One with a price is at its limit in every best solution.
        """
        binding = unsettled & (np.abs(self.prices[: len(unsettled)]) > PRICED)
        return binding if binding.any() else unsettled


class Programme:
    """Maximise something over columns within bounds, subject to rows."""

    def __init__(self, lower: Vector, upper: Vector, *, clock: Clock, whole: bool = False) -> None:
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._clock = clock
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("mip_abs_gap", 0.0),
            ("primal_feasibility_tolerance", TOLERANCE),
            ("dual_feasibility_tolerance", TOLERANCE),
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

    def limits(self, lower: Vector, upper: Vector) -> None:
        """Change the limits of the first rows."""
        for row, (least, most) in enumerate(zip(lower, upper, strict=True)):
            self._highs.changeRowBounds(row, float(least), float(most))

    def settle(self, row: int, column: int, least: float) -> None:
        """Take a column out of a row, which is to reach at least so much without it."""
        self._highs.changeCoeff(row, column, 0.0)
        self._highs.changeRowBounds(row, float(least), UNLIMITED)

    def maximise(self, worth: Vector, *, gap: float = 0.0) -> Solution | None:
        """Return the best point; None when no point meets the rows. Raises OutOfTimeError.

        A whole best may fall short by `gap` of its worth.
        """
        self._highs.setOptionValue("mip_rel_gap", gap)
        self._highs.changeColsCost(self.columns, self._all, worth)
        return self.again()

    def again(self) -> Solution | None:
        """Solve with the worths as they are. Raises OutOfTimeError and SolverFailedError.

        What began from an earlier solution may end without an answer, with one that its own scaling
        has spoiled, or with a wrong proof that there is none: then it begins anew, once.
        """
        for is_last in (False, True):
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._clock.left)
            self._highs.run()
            status = self._highs.getModelStatus()
            if status == highspy.HighsModelStatus.kTimeLimit:
                raise OutOfTimeError("the solver ran out of time")
            if is_last and status == highspy.HighsModelStatus.kInfeasible:
                return None
            outcome, found = self._highs.getInfo(), self._highs.getSolution()
            if status == OPTIMAL and outcome.primal_solution_status == FEASIBLE:
                return Solution(
                    np.array(found.col_value, dtype=np.float64),
                    float(outcome.objective_function_value),
                    np.array(found.row_dual, dtype=np.float64),
                )
            self._highs.clearSolver()
        raise SolverFailedError("the solver found no answer")
