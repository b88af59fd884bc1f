"""All times and venues at which one series could be held, best first.

In this order (`Score`): the quotas are kept among those who can come; most people are present; most
of them in one room, not from home; least travel; fewest hours that somebody called hard; earliest;
nearest to the engagement's own place. Needs come before all: what does not meet them is no option.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.scheduling.domain.calendar import Meeting, Rhythm, counted, in_words
from services.scheduling.domain.planning.board import Grid, board
from services.scheduling.domain.planning.slots import (
    Alternative,
    Choice,
    Obstacles,
    Placed,
    Rules,
    Setting,
    Wish,
)
from services.scheduling.domain.planning.staffing import Support, Team
from services.scheduling.domain.planning.turnout import METRES, Turnout
from services.scheduling.domain.resources.venues import Venue

NEXT_BEST = 3
PART_OF_DAY_MINUTES = 240
MOST_COMPARED = 4000


class Score(NamedTuple):
    """What an option costs; less is better, and the first that differs decides.

    `travel` in units of 100 m, `early` in days since year 1, `start` in minutes since midnight,
    `distance` in metres from the engagement's own place.
    """

    deviation: int
    absent: int
    at_home: int
    travel: int
    hard: int
    early: int
    start: int
    distance: int


TIME, VENUE, SCORE = 0, 1, 2
"""Columns of the table of options; the parts of the score follow."""
EARLY, START = SCORE + Score._fields.index("early"), SCORE + Score._fields.index("start")


@dataclass(frozen=True, slots=True)
class Option:
    """One time and venue; `present` has who can be at each session, as indices of the panel."""

    score: Score
    meetings: tuple[Meeting, ...]
    venue: Venue
    present: tuple[tuple[int, ...], ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days of its sessions."""
        return tuple(each.day for each in self.meetings)

    @property
    def attendances(self) -> int:
        """How many times somebody can be at a session of it."""
        return sum(map(len, self.present))


class Options:
    """The options of one wish, best first, and how far those came that are none."""

    def __init__(self, wish: Wish, setting: Setting, team: Team, rules: Rules) -> None:
        self.wish = wish
        self.setting = setting
        self.team = team
        self._least = min(rules.least_present, len(wish.people))
        hub = setting.hub
        self._board = board(
            wish.rhythm, setting.window, hub.staff_hours, rules.holidays, wish.avoided
        )
        self._turnout = Turnout(wish, self._board, rules.school(hub.name), rules.exclusions)
        self._staffed = team.can_staff(self._board, setting.roles, wish.id)
        self._enough = self._roomy = False
        self._grids: dict[int, Grid] = {}
        tables = [self._at(n, venue) for n, venue in enumerate(setting.venues)]
        table = np.concatenate([np.empty((0, SCORE + len(Score._fields)), np.intp), *tables])
        self._ranked = table[np.lexsort(table[:, : SCORE - 1 : -1].T)]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ranked)

    def best(self) -> Option:
        """Return the best of all."""
        return self._option(self._ranked[0])

    def spread(self, most: int) -> list[Option]:
        """Return the best options, best first, of as many days and parts of the day as there are.

        Turn by turn the next best of each day on which the series may begin, mornings apart from
        afternoons and evenings: or else all that are kept might be at one time.
        """
        ranked = self._ranked[:MOST_COMPARED]
        part = ranked[:, EARLY] * 24 + ranked[:, START] // PART_OF_DAY_MINUTES
        order = np.argsort(part, kind="stable")
        _, begins, sizes = np.unique(part[order], return_index=True, return_counts=True)
        turn = np.empty(len(part), dtype=np.intp)
        turn[order] = np.arange(len(part)) - np.repeat(begins, sizes)
        kept = np.sort(np.argsort(turn, kind="stable")[:most])
        return [self._option(row) for row in ranked[kept]]

    def placed(self, option: Option, support: Sequence[tuple[Support, ...]]) -> Placed:
        """Return the option as chosen, beside the next best on other days."""
        choice = Choice(
            present=option.attendances,
            of=self._turnout.most,
            deviation=option.score.deviation,
            travel_km=round(option.score.travel * METRES / 1000),
            hard=option.score.hard,
            next_best=tuple(self._next_best(option)),
        )
        return Placed(option.meetings, option.venue, choice, tuple(support))

    def obstacles(self) -> Obstacles:
        """Say what stopped the series that came furthest."""
        return Obstacles((*self.setting.faults, self._obstacle()), self._unmet())

    def _obstacle(self) -> str:
        if not self.setting.venues:
            return "it may not be held online either"
        if not len(self._board.times):
            last = in_words(self.wish.window.last)
            return f"{_unfitting(self.wish.rhythm)} into staff hours by {last}"
        if not self._enough:
            least = counted(self._least, "person", "people")
            return f"at no time can {least} of the panel come to every session"
        if not self._roomy:
            return "every venue that fits is booked at the times that people can make"
        several = Counter(role.label for role in self.setting.roles)
        roles = ", ".join(f"{count} {label}" for label, count in sorted(several.items()))
        return f"at no time that people can make is everybody free whom a session needs: {roles}"

    def _unmet(self) -> tuple[str, ...]:
        """Return the needs that stand in the way: of the venue, or of who is not free."""
        skills = {role.skill for role in self.setting.roles if role.skill and self._roomy}
        return self.setting.unmet or tuple(sorted(skills))

    def _at(self, number: int, venue: Venue) -> NDArray[np.intp]:
        """Return time, venue and score of the options at one venue."""
        grid = self._turnout.at(venue)
        enough = self._board.of_series(grid.present).min(axis=1, initial=self._least) >= self._least
        roomy = enough & self._board.of_series(self._is_free(venue)).all(axis=1)
        self._enough |= bool(enough.any())
        self._roomy |= bool(roomy.any())
        kept = np.flatnonzero(roomy & self._board.of_series(self._staffed).all(axis=1))
        sums = [self._board.of_series(each)[kept].sum(axis=1) for each in grid.costs]
        terms, times = self.wish.engagement.terms, self._board.times[kept]
        away = int(venue.metres_from(terms.easting, terms.northing))
        early = np.array([day.toordinal() for day in self._board.days], dtype=np.intp)
        start = np.array([each.start_minute for each in self._board.hours], dtype=np.intp)
        first = [early[times[:, 1]], start[times[:, 0]]] if len(kept) else [kept, kept]
        return np.column_stack(
            [kept, np.full_like(kept, number), *sums, *first, np.full_like(kept, away)]
        ).astype(np.intp)

    def _is_free(self, venue: Venue) -> Grid:
        if venue.online:
            return np.ones_like(self._staffed)
        return self._board.free(venue.id, self.team.occupancy, self.wish.id)

    def _option(self, row: NDArray[np.intp]) -> Option:
        venue = self.setting.venues[row[VENUE]]
        stretch, *days = self._board.times[row[TIME]]
        present = self._here(row[VENUE])[days, stretch]
        return Option(
            score=Score(*map(int, row[SCORE:])),
            meetings=self._board.meetings(row[TIME]),
            venue=venue,
            present=tuple(tuple(map(int, np.flatnonzero(session))) for session in present),
        )

    def _here(self, venue: int) -> Grid:
        if venue not in self._grids:
            self._grids[venue] = self._turnout.here(self.setting.venues[venue])
        return self._grids[venue]

    def _next_best(self, chosen: Option) -> Iterator[Alternative]:
        """Yield the best of other days, each on days of its own."""
        seen = {chosen.days}
        for row in self._ranked:
            if len(seen) > NEXT_BEST:
                return
            meetings = self._board.meetings(row[TIME])
            days = tuple(each.day for each in meetings)
            if days not in seen:
                seen.add(days)
                venue = self.setting.venues[row[VENUE]]
                score, most = Score(*map(int, row[SCORE:])), self._turnout.most
                yield Alternative(meetings, venue, most - score.absent, most, score.deviation)


def _unfitting(rhythm: Rhythm) -> str:
    if rhythm.count == 1:
        return f"a session of {rhythm.minutes} minutes does not fit"
    apart = counted(rhythm.every_days, "day", "days")
    return f"{rhythm.count} sessions of {rhythm.minutes} minutes, {apart} apart, do not fit"
