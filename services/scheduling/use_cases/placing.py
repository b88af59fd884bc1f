"""Placing all of a hub that has no time yet, or is to move: together, in one commit."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.scheduling.domain.arrangement import NOTHING_FOUND
from services.scheduling.domain.bookings import Occupancy
from services.scheduling.domain.planning import plan
from services.scheduling.domain.settlement import settle, wish
from services.scheduling.domain.situation import Situation
from services.scheduling.domain.slots import Rules
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import replan
from services.scheduling.use_cases.changing import Outcome, changes
from services.scheduling.use_cases.surveying import survey
from shared.changes import NOTHING, Changes
from shared.facts import Facts


async def plan_hub(
    hub: str, diary: Diary, rules: Rules, facts: Facts, *, caused_by: str | None
) -> Changes:
    """Give every engagement of a hub that waits for it a time; what was announced stays.

    Of those that share people only one is placed at a time: where it has them decides where the
    others can. An engagement that nobody has told of yet waits on.
    """
    panels = await diary.panels.to_place(hub)
    read = await asyncio.gather(*(survey(each, diary, rules, facts.now()) for each in panels))
    known = [each for each in read if each is not None]
    now, later = _apart(known) if rules.contact.rest is not None else (known, [])
    if not now:
        return NOTHING
    outcomes = await asyncio.to_thread(_placed, now, rules)
    asked = (replan(hub, facts, caused_by=caused_by),) if later else ()
    return await changes(outcomes, diary, facts, caused_by) + Changes(asked)


def _apart(situations: Iterable[Situation]) -> tuple[list[Situation], list[Situation]]:
    """Return those of which nobody is on the panel of another, and the others.

    Whose places nobody else could take goes first.
    """
    seen: set[str] = set()
    now: list[Situation] = []
    later: list[Situation] = []
    for each in sorted(situations, key=lambda each: len(each.panel.people) - each.panel.places):
        members = {member.participant_id for member in each.panel.members}
        (later if seen & members else now).append(each)
        seen |= members
    return now, later


def _placed(situations: Sequence[Situation], rules: Rules) -> list[Outcome]:
    """Return what becomes of all of them, each settled upon what those before it take."""
    asked = (wish(each, rules) for each in situations)
    wishes = [each for each in asked if each is not None]
    people = {k: v for each in situations for k, v in each.people.items()}
    days = {k: v for each in situations for k, v in each.days.items()}
    busy = {k: v for each in situations for k, v in each.busy.items()}
    found = plan(wishes, rules, Occupancy(days, busy), situations[0].now)
    outcomes = []
    for each in situations:
        before = replace(each, people={k: people[k] for k in each.people}, days=dict(days))
        settlement = settle(before, rules, found.get(each.engagement.id, NOTHING_FOUND))
        people |= {person.id: person for person in settlement.people}
        days |= {day.id: day for day in settlement.days}
        outcomes.append(Outcome(before, settlement))
    return outcomes
