"""Remembering what chance everybody had in a draw that was taken, and telling how it was made."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from services.matching.domain.chances import Approved, Draw, Fading, Had, unpacked
from services.matching.domain.matches import MATCHES, Match
from services.matching.ports import Records
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.draws import DrawChances, DrawnAs, MatchChancesRemembered, PersonChance
from shared.contracts.matches import DrawState, MatchDrawRecorded
from shared.due import DueWork
from shared.facts import Facts, Header

CHANCES = "chances"
FORGETTING = "forgetting"
LATE_DECISIONS = timedelta(days=1)
AT_ONCE = 500
DIGITS = 6
"""Of a chance that is told, as on the panel."""


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
        subject=str(told_as(draw)),
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
    about = {
        "draw_id": draw.id,
        "correlation_id": header["correlationid"],
        "causation_id": told.id,
    }
    taken = replace(draw, taken=True, approved=_approved(match))
    return Changes(
        (records.draws.keep(taken), Due(CHANCES, draw.id, header["time"], about)), (told,)
    )


def told_as(draw: Draw) -> UUID:
    """Return the id under which a draw is told."""
    return uuid5(MATCHES, draw.id)


def _approved(match: Match) -> Approved:
    return Approved(
        engagement_id=match.engagement_id,
        engagement_reference=match.engagement_reference,
        title=match.title,
        partner=match.partner,
        panel=tuple(each.participant_id for each in match.panel),
        reserves=tuple(each.participant_id for each in match.reserves),
    )


async def note_chances(work: DueWork, records: Records, facts: Facts, fading: Fading) -> Changes:
    """Add the chance that they had to some of the people, and tell it; ask for the next of them."""
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
    people = [each for each in found if each and each.active]
    told = _told(draw, {each.id: chances[each.id] for each in people}, work, facts)
    noted = draw.having_noted(len(chances))
    if noted.is_noted:
        return Changes((*kept, records.draws.drop(draw)), told)
    more = Due(CHANCES, draw.id, facts.now(), work.about)
    return Changes((*kept, records.draws.keep(noted), more), told)


def _told(
    draw: Draw, chances: Mapping[str, float], work: DueWork, facts: Facts
) -> tuple[MatchChancesRemembered, ...]:
    """Tell the chances of some people who still take part."""
    approved = draw.approved
    if approved is None or not chances:
        return ()
    header = facts.started(
        draw.hub,
        correlation_id=work.about.get("correlation_id"),
        causation_id=work.about.get("causation_id"),
    )
    state = DrawChances(
        draw_id=told_as(draw),
        match_id=UUID(draw.match_id),
        engagement_id=UUID(approved.engagement_id),
        engagement_reference=approved.engagement_reference,
        title=approved.title,
        partner=approved.partner,
        drawn_at=draw.drawn_at,
        chances=tuple(
            PersonChance(
                participant_id=UUID(who),
                chance=round(chance, DIGITS),
                drawn_as=_drawn_as(who, approved),
            )
            for who, chance in chances.items()
        ),
    )
    part = str(uuid5(state.draw_id, f"chances {draw.noted}"))
    return (MatchChancesRemembered(**header, subject=part, sequence=1, data=state),)


def _drawn_as(who: str, approved: Approved) -> DrawnAs:
    if who in approved.panel:
        return DrawnAs.PANEL
    return DrawnAs.RESERVE if who in approved.reserves else DrawnAs.NOT_DRAWN


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
