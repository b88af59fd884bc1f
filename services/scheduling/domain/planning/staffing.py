"""Who works at a session: facilitators, and the professionals that people need."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time

import numpy as np

from services.scheduling.domain.calendar import Hours, Meeting
from services.scheduling.domain.planning.board import Board, Grid
from services.scheduling.domain.resources.bookings import Occupancy
from services.scheduling.domain.resources.venues import Worker, WorkerKind
from shared.sortition.solver import Clock, Programme, Vector

KEPT, FIRST = 0.5, 0.25
"""What it is worth, at most, to book who was booked before, or stands first in the hub's list.

Together less than filling one role.
"""
HALF = 0.5
"""Above it a whole number of the solver is 1."""


@dataclass(frozen=True, slots=True, order=True)
class Role:
    """Somebody who is to be there; a facilitator's has no skill."""

    kind: WorkerKind
    skill: str = ""
    title: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """What staff call it."""
        return self.title or self.skill or self.kind.value

    def suits(self, worker: Worker) -> bool:
        """Whether the worker can do it."""
        return worker.kind is self.kind and (not self.skill or self.skill in worker.skills)


@dataclass(frozen=True, slots=True)
class Support:
    """A worker booked in a role."""

    worker_id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Shift:
    """A session to be staffed: at which time, for whom it counts, which roles it has."""

    key: str
    engagement_id: str
    meeting: Meeting
    roles: tuple[Role, ...]
    before: frozenset[str] = field(default=frozenset())
    """Workers who had it before: they are kept where that can be."""


@dataclass(frozen=True, slots=True)
class Team:
    """The workers of a hub, and what has them already."""

    workers: Sequence[Worker]
    occupancy: Occupancy
    _known: dict[Hashable, Grid] = field(default_factory=dict, compare=False, repr=False)
    """When roles can be filled, for engagements that have nobody yet: many ask the same."""

    def at_hand(self, meeting: Meeting, engagement_id: str) -> list[Worker]:
        """Return who could work at this time, were it the only session."""
        return [w for w in self.workers if self._can(w, meeting, engagement_id)]

    def has(self, support: Support, meeting: Meeting, engagement_id: str) -> bool:
        """Whether somebody who is booked for an engagement can still come at that time."""
        here = any(each.id == support.worker_id for each in self.workers)
        return here and self.occupancy.is_free(support.worker_id, meeting, engagement_id)

    def can_staff(self, board: Board, roles: tuple[Role, ...], engagement_id: str) -> Grid:
        """Return at which times every role of one session can be filled."""
        if self.occupancy.has(engagement_id):
            return self._can_staff(board, roles, engagement_id)
        key = tuple(board.days), tuple(board.hours), roles
        if key not in self._known:
            self._known[key] = self._can_staff(board, roles, engagement_id)
        return self._known[key]

    def _can_staff(self, board: Board, roles: Sequence[Role], engagement_id: str) -> Grid:
        grids = [self._at_hand_on(board, worker, engagement_id) for worker in self.workers]
        shape = len(board.days), len(board.hours)
        if not roles or not grids:
            return np.full(shape, not roles)
        teams, which = np.unique(
            np.stack(grids).reshape(len(grids), -1), axis=1, return_inverse=True
        )
        can = [
            matched([[n for n in at_hand if role.suits(self.workers[n])] for role in roles])
            == len(roles)
            for at_hand in (np.flatnonzero(team).tolist() for team in teams.T)
        ]
        return np.array(can, dtype=np.bool_)[which].reshape(shape)

    def _at_hand_on(self, board: Board, worker: Worker, engagement_id: str) -> Grid:
        grid = board.usual(worker.hours) & board.free(worker.id, self.occupancy, engagement_id)
        for row, day in enumerate(board.days):
            left = worker.minutes_a_day - self.occupancy.minutes(worker.id, day, engagement_id)
            if board.hours and board.hours[0].minutes > left:
                grid[row] = False
        return grid

    def staffed(self, shifts: Sequence[Shift]) -> dict[str, tuple[Support, ...]]:
        """Return who works at each of some sessions of one day: most roles filled, then most kept.

        Nobody is at two sessions at a time, nor longer a day than they can be booked for.
        """
        posts = _posts(self, shifts)
        if not posts:
            return {shift.key: () for shift in shifts}
        programme = Programme(np.zeros(len(posts)), np.ones(len(posts)), clock=Clock(), whole=True)
        for row, most in _limits(self, posts):
            programme.row(row, 0.0, most)
        best = programme.maximise(_worths(self, posts))
        taken = np.zeros(len(posts)) if best is None else best.values
        chosen = [post for post, share in zip(posts, taken, strict=True) if share > HALF]
        return {shift.key: _support(shift, chosen) for shift in shifts}

    def at_hand_at(self, role: Role, day: date, moment: time) -> float:
        """Return how many could do it at a moment."""
        now = Meeting(day, Hours(moment, moment))
        return float(sum(role.suits(w) and self._can(w, now, "") for w in self.workers))

    def minutes_left(self, role: Role, day: date) -> int:
        """Return for how many minutes of a day they who can do it may still be booked."""
        suited = (worker for worker in self.workers if role.suits(worker))
        return sum(w.minutes_a_day - self.occupancy.minutes(w.id, day, "") for w in suited)

    def _can(self, worker: Worker, meeting: Meeting, engagement_id: str) -> bool:
        booked = self.occupancy.minutes(worker.id, meeting.day, engagement_id)
        return (
            worker.works_at(meeting)
            and booked + meeting.hours.minutes <= worker.minutes_a_day
            and self.occupancy.is_free(worker.id, meeting, engagement_id)
        )


def lacking(roles: Iterable[Role], support: Iterable[Support]) -> list[Role]:
    """Return the roles that nobody fills, sorted."""
    left = sorted(roles)
    for each in support:
        if each.role in left:
            left.remove(each.role)
    return left


def matched(suited: Sequence[Sequence[int]]) -> int:
    """Return how many roles can be filled at once, given who suits each (Kuhn's algorithm)."""
    holds: dict[int, int] = {}

    def fill(role: int, tried: set[int]) -> bool:
        for worker in suited[role]:
            if worker not in tried:
                tried.add(worker)
                if worker not in holds or fill(holds[worker], tried):
                    holds[worker] = role
                    return True
        return False

    return sum(fill(role, set()) for role in range(len(suited)))


@dataclass(frozen=True, slots=True)
class _Post:
    """A worker who may fill one role of a session."""

    shift: Shift
    place: int
    worker: Worker

    @property
    def is_kept(self) -> bool:
        return self.worker.id in self.shift.before

    def is_at(self, moment: time) -> bool:
        hours = self.shift.meeting.hours
        return hours.start <= moment < hours.end


def _posts(team: Team, shifts: Sequence[Shift]) -> list[_Post]:
    return [
        _Post(shift, place, worker)
        for shift in shifts
        for worker in team.at_hand(shift.meeting, shift.engagement_id)
        for place, role in enumerate(shift.roles)
        if role.suits(worker)
    ]


def _limits(team: Team, posts: Sequence[_Post]) -> Iterator[tuple[Vector, float]]:
    """Yield weights of posts and their most: one worker a role, one session at a time."""
    for key, place in sorted({(post.shift.key, post.place) for post in posts}):
        yield _weights((p.shift.key, p.place) == (key, place) for p in posts), 1.0
    starts = sorted({post.shift.meeting.hours.start for post in posts})
    for worker in {post.worker.id: post.worker for post in posts}.values():
        own = [post.worker.id == worker.id for post in posts]
        for moment in starts:
            yield _weights(o and p.is_at(moment) for o, p in zip(own, posts, strict=True)), 1.0
        lengths = [
            post.shift.meeting.hours.minutes if mine else 0
            for mine, post in zip(own, posts, strict=True)
        ]
        yield np.array(lengths, dtype=np.float64), float(_minutes_left(team, worker, posts))


def _worths(team: Team, posts: Sequence[_Post]) -> Vector:
    first = {each.id: 1 - n / len(team.workers) for n, each in enumerate(team.workers)}
    liked = np.array([KEPT * post.is_kept + FIRST * first[post.worker.id] for post in posts])
    return 1 + liked / len(posts)


def _minutes_left(team: Team, worker: Worker, posts: Sequence[_Post]) -> int:
    """Return for how long a worker can be booked beside what others have, on that day."""
    shifts = {post.shift.engagement_id: post.shift.meeting.day for post in posts}
    booked = (team.occupancy.minutes(worker.id, day, own) for own, day in shifts.items())
    return worker.minutes_a_day - max(booked, default=0)


def _support(shift: Shift, chosen: Iterable[_Post]) -> tuple[Support, ...]:
    own = (p for p in chosen if p.shift.key == shift.key)
    support = [Support(p.worker.id, p.worker.name, shift.roles[p.place]) for p in own]
    return tuple(sorted(support, key=lambda each: (each.role, each.worker_id)))


def _weights(flags: Iterable[bool]) -> Vector:
    return np.array(list(flags), dtype=np.float64)
