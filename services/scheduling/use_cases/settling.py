"""Settling an engagement: read all that is known of it, and change what is not as it should be."""

import asyncio
from dataclasses import replace

from services.scheduling.domain.planning.slots import Rules
from services.scheduling.domain.settling.settlement import settle
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import replan
from services.scheduling.use_cases.changing import Outcome, changes
from services.scheduling.use_cases.offering import offered_on
from services.scheduling.use_cases.surveying import survey
from shared.changes import NOTHING, Changes
from shared.errors import NotYetError
from shared.facts import Facts


async def settle_engagement(
    engagement_id: str, diary: Diary, rules: Rules, facts: Facts, *, caused_by: str | None
) -> Changes:
    """Bring sessions, bookings and invitations of an engagement to how they should be.

    What has no time yet, or is to move, waits for the plan of its hub. Raises NotYetError when the
    engagement, or somebody on its panel, has not been heard of.
    """
    panel = await diary.panels.get(engagement_id)
    if panel is None:
        return NOTHING
    situation = await survey(panel, diary, rules, facts.now())
    if situation is None:
        raise NotYetError("an engagement with a panel, or somebody on it, is not known yet")
    if situation.engagement.open and not situation.stands:
        waiting = () if panel.to_place else (diary.panels.keep(replace(panel, to_place=True)),)
        return Changes((*waiting, replan(panel.hub, facts, caused_by=caused_by)))
    outcome = Outcome(situation, await asyncio.to_thread(settle, situation, rules))
    total = await changes([outcome], diary, facts, caused_by)
    if not outcome.gives_back:
        return total
    return total + await offered_on(
        panel.hub, diary, facts, caused_by=caused_by, apart_from=panel.id
    )
