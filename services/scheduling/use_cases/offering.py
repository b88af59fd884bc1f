"""Offering on what has come free: rooms, workers, and whoever may need them."""

from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import replan, resettle
from shared.changes import Changes
from shared.facts import Facts


async def offered_on(
    hub: str, diary: Diary, facts: Facts, *, caused_by: str | None, apart_from: str = ""
) -> Changes:
    """Ask for the plan of the hub, and that every session which lacks something be settled anew."""
    lacking = {each.engagement_id for each in await diary.sessions.lacking(hub)} - {apart_from}
    others = (resettle(each, facts, caused_by=caused_by) for each in sorted(lacking))
    return Changes((replan(hub, facts, caused_by=caused_by), *others))
