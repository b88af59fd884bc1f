"""Remembering what chance everybody had in a draw that was taken, and telling how it was made."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from services.matching.domain.chances import Draw, Fading, Had, unpacked
from services.matching.domain.matches import MATCHES, Match
from services.matching.ports import Records
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.matches import DrawState, MatchDrawRecorded
from shared.due import DueWork
from shared.facts import Facts, Header

CHANCES = "chances"
FORGETTING = "forgetting"
LATE_DECISIONS = timedelta(days=1)
AT_ONCE = 500


async def draw_approved(match: Match, header: Header, records: Records) -> Changes:
    """Take the draw of the panel that staff approved, and forget those of others they saw."""
    draws = await records.draws.of_match(match.id)
    changes = NOTHING
    for draw in draws:
        if draw.id == match.draw_id and not draw.taken:
            changes += draw_taken(draw, match, header, records)
        elif not draw.taken:
            changes += Changes((records.draws.drop(draw),))
    return changes


def draw_taken(draw: Draw, match: Match, header: Header, records: Records) -> Changes:
    """Have everybody's chance remembered, and tell how the draw was made."""
    told = MatchDrawRecorded(
        **header,
        subject=str(uuid5(MATCHES, draw.id)),
        sequence=1,
        data=DrawState(
            match_id=UUID(match.id),
            engagement_id=UUID(match.engagement_id),
            engagement_reference=match.engagement_reference,
            title=match.title,
            partner=match.partner,
            record=json.loads(unpacked(draw.record)),
        ),
    )
    remembering = Due(CHANCES, draw.id, header["time"], {"draw_id": draw.id})
    return Changes((records.draws.keep(replace(draw, taken=True)), remembering), (told,))


async def note_chances(work: DueWork, records: Records, facts: Facts, fading: Fading) -> Changes:
    """Add the chance that they had to some of the people; ask for the next of them."""
    draw = await records.draws.get(work.about["draw_id"])
    if draw is None:
        return NOTHING
    chances = draw.next_chances(AT_ONCE)
    found = await asyncio.gather(*map(records.candidates.get, chances))
    kept: list[Write] = [
        records.candidates.keep(
            replace(each, had=fading.added(each.had, Had(chances[each.id], draw.drawn_at)))
        )
        for each in found
        if each and not each.erased
    ]
    noted = draw.having_noted(len(chances))
    if noted.is_noted:
        return Changes((*kept, records.draws.drop(draw)))
    more = Due(CHANCES, draw.id, facts.now(), work.about)
    return Changes((*kept, records.draws.keep(noted), more))


async def leave_chances(work: DueWork, records: Records) -> Changes:
    """Let draws go on where the chances of one cannot be added up: that is seen as failed work."""
    draw = await records.draws.get(work.about["draw_id"])
    return Changes((records.draws.drop(draw),)) if draw else NOTHING


async def forget_draws(work: DueWork, records: Records) -> Changes:
    """Forget draws of a match that nobody will approve any more."""
    draws = await records.draws.of_match(work.about["match_id"])
    return Changes(tuple(records.draws.drop(each) for each in draws if not each.taken))


def draws_over(match_id: str, at: datetime) -> Due:
    """Ask for a match's draws to be forgotten, once late decisions on it have come."""
    return Due(FORGETTING, match_id, at + LATE_DECISIONS, {"match_id": match_id})
