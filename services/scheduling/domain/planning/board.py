"""The times at which a series could be, as a grid: days down, stretches of a day across."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.scheduling.domain.calendar import (
    BankHolidays,
    Days,
    Hours,
    Meeting,
    Rhythm,
    series,
    starts,
)
from services.scheduling.domain.resources.bookings import Occupancy

Grid = NDArray[np.bool_]
"""By day and stretch (and person, or worker, where it has a third axis)."""
Shifts = Mapping[int, Sequence[Hours]]


@dataclass(frozen=True, slots=True)
class Board:
    """`times`: for each series that fits, the index of its stretch and of each session's day."""

    days: Sequence[date]
    hours: Sequence[Hours]
    times: NDArray[np.intp]

    def meetings(self, time: int) -> tuple[Meeting, ...]:
        """Return the sessions of one series."""
        stretch, *days = self.times[time]
        return tuple(Meeting(self.days[day], self.hours[stretch]) for day in days)

    def of_series(self, grid: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return by series and session what the grid says."""
        return grid[self.times[:, 1:], self.times[:, :1]]

    def usual(self, shifts: Shifts) -> Grid:
        """Return which stretches of which days lie within weekly shifts."""
        week = np.array(
            [[_within(shifts.get(day, ()), each) for each in self.hours] for day in range(7)],
            dtype=np.bool_,
        ).reshape(7, len(self.hours))
        return week[[day.weekday() for day in self.days]]

    def free(self, resource_id: str, occupancy: Occupancy, engagement_id: str) -> Grid:
        """Return when nothing but this engagement has a room or a person."""
        grid = np.ones((len(self.days), len(self.hours)), dtype=np.bool_)
        for row, day in enumerate(self.days):
            if occupancy.touches(resource_id, day):
                grid[row] = [
                    occupancy.is_free(resource_id, Meeting(day, each), engagement_id)
                    for each in self.hours
                ]
        return grid


def board(
    rhythm: Rhythm, window: Days, staff: Shifts, holidays: BankHolidays, avoided: Iterable[Meeting]
) -> Board:
    """Return all times of a series within staff hours, on days that are no holidays.

    None of its sessions shares a moment with those that are avoided.
    """
    hours = starts([shift for day in staff.values() for shift in day], rhythm.minutes)
    days = [day for day in window.each() if holidays.allow(day)]
    empty = Board(days, hours, np.empty((0, rhythm.count + 1), dtype=np.intp))
    open_grid = empty.usual(staff)
    for each in avoided:
        if each.day in days:
            overlaps = [stretch.overlaps(each.hours) for stretch in hours]
            open_grid[days.index(each.day), overlaps] = False
    found: dict[bytes, list[list[int]]] = {}
    times = []
    for stretch in range(len(hours)):
        open_days = open_grid[:, stretch]
        key = open_days.tobytes()
        if key not in found:
            found[key] = _series(days, np.flatnonzero(open_days), rhythm)
        times += [[stretch, *each] for each in found[key]]
    table = np.array(times, dtype=np.intp).reshape(len(times), rhythm.count + 1)
    return Board(days, hours, table)


def _series(days: Sequence[date], rows: NDArray[np.intp], rhythm: Rhythm) -> list[list[int]]:
    """Return the days of each series, as indices, given the indices of the open days."""
    at = {days[row]: int(row) for row in rows}
    open_days = list(at)
    found = (series(open_days, first, rhythm) for first in range(len(open_days)))
    return [[at[day] for day in each] for each in found if each is not None]


def _within(shifts: Sequence[Hours], hours: Hours) -> bool:
    return any(shift.covers(hours) for shift in shifts)
