"""Who of a panel can be at a session, by time and venue, and what that costs."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.scheduling.domain.calendar import Hours, SchoolHolidays
from services.scheduling.domain.people.crowd import Crowd
from services.scheduling.domain.planning.board import Board, Grid
from services.scheduling.domain.planning.slots import Wish
from services.scheduling.domain.resources.venues import Venue
from shared.exclusions import ExclusionKey

METRES = 100
"""The unit of travel, so that what it adds up to is a whole number."""

Counts = NDArray[np.intp]
"""A number for each day and stretch of a board."""


@dataclass(frozen=True, slots=True)
class Costs:
    """At one venue: how many are `present`, and by how much each part of the score is worse."""

    present: Counts
    costs: tuple[Counts, ...]


class Turnout:
    """The panel of a wish on a board; `most` is everybody at every session."""

    def __init__(self, wish: Wish, board: Board, school: SchoolHolidays, key: ExclusionKey) -> None:
        crowd = Crowd(wish.people, wish.id, wish.engagement.terms, key, school)
        self.most = len(wish.people) * wish.rhythm.count
        self._crowd = crowd
        self._wish = wish
        self._free = _on(board, crowd, crowd.free, len(wish.people))
        self._hard = _on(board, crowd, crowd.hard, len(wish.people))
        counted = [[quota.counts(each) for quota in wish.quotas] for each in wish.members]
        self._holders = np.array(counted, dtype=np.intp).reshape(len(counted), len(wish.quotas))
        bounds = [(quota.min, quota.max) for quota in wish.quotas]
        self._least, self._most = np.array(bounds, dtype=np.intp).reshape(-1, 2).T

    def here(self, venue: Venue) -> Grid:
        """Return who can take part at a venue, there or from home, by time and person."""
        return self._free & self._people(self._crowd.reach(venue))

    def at(self, venue: Venue) -> Costs:
        """Return the parts of the score that depend on people, in their order."""
        here = self.here(venue)
        there = here & self._people(self._crowd.visitors(venue))
        present = here.sum(axis=2)
        held = here.astype(np.intp) @ self._holders
        missed = np.maximum(self._least - held, held - self._most).clip(min=0)
        metres = [venue.metres_from(p.easting, p.northing) for p in self._wish.people]
        travel = np.rint(there @ np.array(metres) / METRES).astype(np.intp)
        costs = (
            missed.sum(axis=2),
            len(self._wish.people) - present,
            present - there.sum(axis=2),
            travel,
            (here & self._hard).sum(axis=2),
        )
        return Costs(present, costs)

    def _people(self, bits: int) -> Grid:
        return np.array([bits >> n & 1 for n in range(len(self._wish.people))], dtype=np.bool_)


def _on(board: Board, crowd: Crowd, who: Callable[[date, Hours], int], people: int) -> Grid:
    """Return who it is, by day, stretch and person, from the bits of the crowd."""
    size = people // 8 + 1
    rows: dict[Hashable, bytes] = {}
    for day in board.days:
        if (alike := crowd.alike(day)) not in rows:
            bits = (who(day, hours).to_bytes(size, "little") for hours in board.hours)
            rows[alike] = b"".join(bits)
    raw = b"".join(rows[crowd.alike(day)] for day in board.days)
    shape = len(board.days), len(board.hours), size
    octets = np.frombuffer(raw, dtype=np.uint8).reshape(shape)
    flags = np.unpackbits(octets, axis=2, bitorder="little")
    return flags[:, :, :people].astype(np.bool_)
