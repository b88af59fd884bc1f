"""Which chance people had in draws that were approved, as matching tells it."""

import asyncio
from datetime import UTC
from uuid import uuid5

from services.console.ports import ChanceView, Knowledge
from services.console.use_cases.erasure import erased_among
from shared.changes import Changes
from shared.contracts.draws import DrawChances, MatchChancesRemembered, PersonChance


async def know_chances(event: MatchChancesRemembered, known: Knowledge) -> Changes:
    """Keep a row for each person; of who was erased, nothing."""
    rows = [_row(event.data, each, event.hub) for each in event.data.chances]
    told = (each.participant_id for each in event.data.chances)
    erased, stored = await asyncio.gather(
        erased_among(told, known.people),
        asyncio.gather(*(known.chances.get(each.id) for each in rows)),
    )
    there = {each.id for each in stored if each}
    return Changes(
        tuple(
            known.chances.keep(each)
            for each in rows
            if each.id not in there and each.participant_id not in erased
        )
    )


def _row(draw: DrawChances, person: PersonChance, hub: str) -> ChanceView:
    who = str(person.participant_id)
    return ChanceView(
        id=str(uuid5(draw.draw_id, who)),
        hub=hub,
        participant_id=who,
        draw_id=str(draw.draw_id),
        engagement_id=str(draw.engagement_id),
        title=draw.title,
        partner=draw.partner,
        drawn_at=draw.drawn_at.astimezone(UTC),
        chance=person.chance,
        drawn_as=person.drawn_as,
    )
