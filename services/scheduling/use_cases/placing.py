"""Placing all of a hub that has no time yet, or is to move: together, in one commit."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.scheduling.domain.planning.hub_plan import plan
from services.scheduling.domain.planning.slots import Found, Placed, Rules
from services.scheduling.domain.resources.bookings import Occupancy
from services.scheduling.domain.sessions.arrangement import NOTHING_FOUND
from services.scheduling.domain.settling.settlement import Settlement, settle, wish
from services.scheduling.domain.settling.situation import Situation
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import replan
from services.scheduling.use_cases.changing import Outcome, changes
from services.scheduling.use_cases.offering import offered_on
from services.scheduling.use_cases.surveying import survey
from shared.changes import NOTHING, Changes
from shared.facts import Facts


async def plan_hub(
    hub: str, diary: Diary, rules: Rules, facts: Facts, *, caused_by: str | None
) -> Changes:
    """Give every engagement of a hub that waits for it a time; what was announced stays.

    An engagement that nobody has told of yet waits on. Where a second session of one is to move, or
    a room or a worker was given back, it is done once more.
    """
    panels = await diary.panels.to_place(hub)
    read = await asyncio.gather(*(survey(each, diary, rules, facts.now()) for each in panels))
    known = [each for each in read if each is not None]
    if not known:
        return NOTHING
    outcomes = await asyncio.to_thread(_placed, known, rules)
    total = await changes(outcomes, diary, facts, caused_by)
    if any(each.gives_back for each in outcomes):
        return total + await offered_on(hub, diary, facts, caused_by=caused_by)
    again = any(each.after.panel.moves for each in outcomes)
    return total + Changes((replan(hub, facts, caused_by=caused_by),) if again else ())


def _placed(situations: Sequence[Situation], rules: Rules) -> list[Outcome]:
    """Return what becomes of all of them, each settled upon what those before it take.

    Of those that share people only one is placed at a time, unless people may be in two at once:
    where it has them decides where the others can. Whose places nobody else could take goes first.
    """
    waiting = sorted(situations, key=lambda each: len(each.panel.people) - each.panel.places)
    taken = _Taken(situations)
    outcomes: list[Outcome] = []
    while waiting:
        now, waiting = _apart(waiting) if rules.contact.rest is not None else (waiting, [])
        outcomes += taken.placed(now, rules)
    return outcomes


def _apart(situations: Iterable[Situation]) -> tuple[list[Situation], list[Situation]]:
    """Return those of which nobody is on the panel of another, and the others."""
    seen: set[str] = set()
    now: list[Situation] = []
    later: list[Situation] = []
    for each in situations:
        members = {member.participant_id for member in each.panel.members}
        (later if seen & members else now).append(each)
        seen |= members
    return now, later


class _Taken:
    """Whom and what the engagements that are settled by now have taken."""

    def __init__(self, situations: Sequence[Situation]) -> None:
        self._people = {k: v for each in situations for k, v in each.people.items()}
        self._days = {k: v for each in situations for k, v in each.days.items()}
        self._busy = {k: v for each in situations for k, v in each.busy.items()}

    def placed(self, situations: Sequence[Situation], rules: Rules) -> list[Outcome]:
        """Place these together, then settle each; what any was given is taken from the first on."""
        current = [(each, self._now(each)) for each in situations]
        wishes = (wish(now, rules) for _, now in current)
        asked = [each for each in wishes if each is not None]
        occupancy = Occupancy(self._days, self._busy)
        found = plan(asked, rules, occupancy, situations[0].now)
        for key, each in found.items():
            if isinstance(each, Placed):
                occupancy = occupancy.taking(key, each.resources)
        self._days = dict(occupancy.days)
        return [
            Outcome(each, self._settled(each, rules, found.get(each.engagement.id, NOTHING_FOUND)))
            for each in situations
        ]

    def _settled(self, situation: Situation, rules: Rules, found: Found) -> Settlement:
        settlement = settle(self._now(situation), rules, found)
        self._people |= {person.id: person for person in settlement.people}
        self._days |= {day.id: day for day in settlement.days}
        return settlement

    def _now(self, situation: Situation) -> Situation:
        people = {each: self._people[each] for each in situation.people}
        return replace(situation, people=people, days=dict(self._days))
