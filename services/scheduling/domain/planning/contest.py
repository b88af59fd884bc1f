"""Choosing one option for each of several series, where they compete for rooms and people.

In this order: most series are placed; then the sums of each part of the options' scores are least
(`TIERS`), each as far as those before it allow. Solved by HiGHS, in whole numbers. When time runs
out, what was reached with the first parts stands.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from functools import partial

import numpy as np

from services.scheduling.domain.calendar import Hours
from services.scheduling.domain.planning.options import Option, Options
from services.scheduling.domain.planning.staffing import Role, Team
from shared.sortition.solver import UNLIMITED, Clock, OutOfTimeError, Programme, Vector

TIERS = (("deviation", "absent"), ("at_home", "travel"), ("hard", "early"))
"""Parts of the score that are weighed in one go, the first far above the second."""
FAR_ABOVE = 10_000.0
MOST_OPTIONS = 60
"""How many options of each series are weighed against the others, spread over days and hours."""
HALF = 0.5
"""Above it a whole number of the solver is 1."""


Chosen = Mapping[str, Option]
"""The option chosen for each engagement."""
Limit = tuple[Vector, float]
"""A weight for each column, and the most that they may add up to."""


@dataclass(frozen=True, slots=True)
class _Column:
    """An option of a series; `options` are all that there are of it."""

    options: Options
    option: Option

    @property
    def id(self) -> str:
        return self.options.wish.id

    def needs(self, session: int) -> Iterator[str]:
        """Yield whom a session takes, by id, and its room."""
        people = self.options.wish.people
        yield from (people[n].id for n in self.option.present[session])
        if not self.option.venue.online:
            yield self.option.venue.id


@dataclass(frozen=True, slots=True)
class _Load:
    """What a column takes, and when on its day."""

    column: int
    hours: Hours
    much: float

    def is_at(self, moment: time) -> bool:
        return self.hours.start <= moment < self.hours.end


class Contest:
    """The series that compete. `rule_out` what cannot be after all, then `decide` again."""

    def __init__(self, contestants: Sequence[Options], team: Team) -> None:
        self._columns = [
            _Column(each, option) for each in contestants for option in each.spread(MOST_OPTIONS)
        ]
        self._series = [column.id for column in self._columns]
        self._limits = [*self._once_a_series(), *self._once_at_a_time(), *self._enough(team)]

    def decide(self, clock: Clock) -> Chosen:
        """Return the best choice found in the time there is; who is not in it found no place."""
        size = len(self._columns)
        programme = Programme(np.zeros(size), np.ones(size), clock=clock, whole=True)
        for coefficients, most in self._limits:
            programme.row(coefficients, -UNLIMITED, most)
        best = np.zeros(size)
        with suppress(OutOfTimeError):
            for worth in self._worths():
                found = programme.maximise(worth)
                best = np.round(found.values) if found else best
                programme.row(worth, float(worth @ best) - HALF, UNLIMITED)
        taken = zip(self._columns, best, strict=True)
        return {column.id: column.option for column, share in taken if share > HALF}

    def rule_out(self, together: Mapping[str, Option]) -> None:
        """Hold that these options are not all chosen at once."""
        ruled = [n for n, each in enumerate(self._columns) if together.get(each.id) is each.option]
        self._limits.append((self._weights(dict.fromkeys(ruled, 1.0)), len(ruled) - 1.0))

    def _worths(self) -> Iterator[Vector]:
        """Yield what is weighed in one go, in order; the first also that a series is placed."""
        for n, tier in enumerate(TIERS):
            first, second = (self._costs(part) for part in tier)
            costs = FAR_ABOVE * first + second
            if n == 0:
                yield 1 + costs.max() * len(set(self._series)) - costs
            elif np.ptp(costs) > 0:
                yield -costs

    def _costs(self, part: str) -> Vector:
        costs = np.array([getattr(c.option.score, part) for c in self._columns], dtype=float)
        return np.asarray(costs - costs.min())

    def _once_a_series(self) -> Iterator[Limit]:
        for series in dict.fromkeys(self._series):
            yield self._weights({n: 1.0 for n, s in enumerate(self._series) if s == series}), 1.0

    def _once_at_a_time(self) -> Iterator[Limit]:
        """Yield that no room and nobody of two panels is at two sessions at a time."""
        loads: dict[tuple[str, date], list[_Load]] = defaultdict(list)
        for n, column in enumerate(self._columns):
            for session, meeting in enumerate(column.option.meetings):
                for each in column.needs(session):
                    loads[each, meeting.day].append(_Load(n, meeting.hours, 1.0))
        for same in loads.values():
            if self._competes(same):
                yield from self._at_each_moment(same, lambda _moment: 1.0)

    def _enough(self, team: Team) -> Iterator[Limit]:
        """Yield that there are workers enough at each moment, and on each day, for each role."""
        loads: dict[tuple[Role, date], list[_Load]] = defaultdict(list)
        for n, column in enumerate(self._columns):
            for role, count in Counter(column.options.setting.roles).items():
                for meeting in column.option.meetings:
                    loads[role, meeting.day].append(_Load(n, meeting.hours, count))
        for (role, day), same in loads.items():
            if self._competes(same):
                yield from self._at_each_moment(same, partial(team.at_hand_at, role, day))
                minutes = {each.column: each.much * each.hours.minutes for each in same}
                yield self._weights(minutes), float(team.minutes_left(role, day))

    def _competes(self, loads: Sequence["_Load"]) -> bool:
        return len({self._series[each.column] for each in loads}) > 1

    def _at_each_moment(
        self, loads: Sequence["_Load"], most: Callable[[time], float]
    ) -> Iterator[Limit]:
        """Yield what holds whenever one of the sessions begins: then the most overlap."""
        for moment in sorted({each.hours.start for each in loads}):
            now = {each.column: each.much for each in loads if each.is_at(moment)}
            if len(now) > 1:
                yield self._weights(now), most(moment)

    def _weights(self, of_columns: Mapping[int, float]) -> Vector:
        weights = np.zeros(len(self._columns))
        weights[list(of_columns)] = list(of_columns.values())
        return weights
