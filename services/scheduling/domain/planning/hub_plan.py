"""Placing all series of a hub that have no date yet: together, where they compete.

What cannot be staffed after all is ruled out, and it is chosen again; who is left without a place
then is looked for once more, one after the other, around what has been chosen.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.contest import Contest
from services.scheduling.domain.planning.options import Option, Options
from services.scheduling.domain.planning.slots import Found, Obstacles, Rules, Wish, setting
from services.scheduling.domain.planning.staffing import Shift, Support, Team, lacking
from services.scheduling.domain.resources.bookings import Occupancy
from shared.sortition.solver import Clock

ROUNDS = 3
"""How often it is chosen again after what could not be staffed."""
NOBODY = Obstacles(("nobody is left on the panel",))


@dataclass(frozen=True, slots=True)
class Pick:
    """An option chosen for a series, and who works at each session of it."""

    options: Options
    option: Option
    support: tuple[tuple[Support, ...], ...]


def plan(
    wishes: Sequence[Wish], rules: Rules, occupancy: Occupancy, now: datetime
) -> dict[str, Found]:
    """Return when and where the series of one hub are held, by engagement, or what is in the way.

    With little time (`Rules.plan_seconds`) the choice may be less good, never wrong.
    """
    found: dict[str, Found] = {}
    taken = _Taken(rules, occupancy, now)
    contestants: list[Options] = []
    for wish in wishes:
        options = taken.options(wish)
        if isinstance(options, Obstacles):
            found[wish.id] = options
        else:
            contestants.append(options)
    clock = Clock(rules.plan_seconds)
    for pick in _together(contestants, clock) if len(contestants) > 1 else ():
        found[pick.options.wish.id] = pick.options.placed(pick.option, pick.support)
        taken.by(pick)
    for wish in wishes:
        if wish.id not in found:
            found[wish.id] = _alone(wish, taken)
    return found


def _together(contestants: Sequence[Options], clock: Clock) -> list[Pick]:
    """Return what is chosen for all of them at once, of which each can be staffed."""
    team = contestants[0].team
    by_id = {options.wish.id: options for options in contestants}
    contest = Contest(contestants, team)
    for _ in range(ROUNDS):
        chosen = contest.decide(clock)
        picks = _staffed({each: (by_id[each], option) for each, option in chosen.items()}, team)
        short = [day for day in _by_day(picks).values() if any(map(_is_short, day))]
        if not short:
            break
        for day in short:
            contest.rule_out({pick.options.wish.id: pick.option for pick in day})
    return [pick for pick in picks if not _is_short(pick)]


def _alone(wish: Wish, taken: "_Taken") -> Found:
    options = taken.options(wish)
    if isinstance(options, Obstacles):
        return options
    [pick] = _staffed({wish.id: (options, options.best())}, options.team)
    taken.by(pick)
    return options.placed(pick.option, pick.support)


def _staffed(chosen: Mapping[str, tuple[Options, Option]], team: Team) -> list[Pick]:
    """Return the options with who works there, on each day for all of them at once.

    Those who worked at a session of the series before are wanted at the next.
    """
    sessions: dict[date, list[tuple[str, int]]] = defaultdict(list)
    for each, (_, option) in chosen.items():
        for n, day in enumerate(option.days):
            sessions[day].append((each, n))
    support: dict[str, dict[int, tuple[Support, ...]]] = defaultdict(dict)
    for day in sorted(sessions):
        shifts = [_shift(*chosen[each], n, support[each]) for each, n in sessions[day]]
        workers = team.staffed(shifts)
        for each, n in sessions[day]:
            support[each][n] = workers[each]
    return [
        Pick(options, option, tuple(support[each][n] for n in range(len(option.meetings))))
        for each, (options, option) in chosen.items()
    ]


def _shift(
    options: Options, option: Option, session: int, so_far: Mapping[int, Sequence[Support]]
) -> Shift:
    before = frozenset(each.worker_id for each in so_far.get(session - 1, ()))
    wish = options.wish
    return Shift(wish.id, wish.id, option.meetings[session], options.setting.roles, before)


def _is_short(pick: Pick) -> bool:
    return any(lacking(pick.options.setting.roles, support) for support in pick.support)


def _by_day(picks: Sequence[Pick]) -> dict[date, list[Pick]]:
    by_day: dict[date, list[Pick]] = defaultdict(list)
    for pick in picks:
        for day in pick.option.days:
            by_day[day].append(pick)
    return by_day


class _Taken:
    """What others have, and what has been chosen on top of it."""

    def __init__(self, rules: Rules, occupancy: Occupancy, now: datetime) -> None:
        self._rules = rules
        self._now = now
        self._occupancy = occupancy
        self._people: dict[str, Attendant] = {}
        self._teams: dict[str, Team] = {}

    def options(self, wish: Wish) -> Options | Obstacles:
        """Return the options of a wish around it, or what is in the way of all."""
        where = setting(wish, self._rules, self._now) if wish.people else NOBODY
        if isinstance(where, Obstacles):
            return where
        people = [self._people.get(each.id, each) for each in wish.people]
        team = self._teams.setdefault(where.hub.name, Team(where.hub.workers, self._occupancy))
        options = Options(replace(wish, people=people), where, team, self._rules)
        return options if len(options) else options.obstacles()

    def by(self, pick: Pick) -> None:
        """Take what a series needs: its room, its workers, those who can come."""
        wish, option = pick.options.wish, pick.option
        placed = pick.options.placed(option, pick.support)
        self._occupancy = self._occupancy.taking(wish.id, placed.resources)
        self._teams.clear()
        for bit, person in enumerate(wish.people):
            here = zip(option.meetings, option.present, strict=True)
            periods = tuple(meeting.period for meeting, present in here if bit in present)
            self._people[person.id] = person.committed(wish.id, periods)
