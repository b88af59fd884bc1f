"""The places of an approved panel: held from the approval on, until each person is invited."""

import asyncio
from collections.abc import Collection
from datetime import datetime

from services.matching.domain.candidates import Candidate
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import CHOSEN, Match, Opportunity, chosen_id
from services.matching.ports import Records
from services.matching.use_cases.wanted import draws_waiting
from shared.changes import Changes
from shared.contracts.base import Event
from shared.facts import Facts


async def places_given(
    match: Match, engagement: Engagement, records: Records, now: datetime
) -> Changes:
    """Hold the places of a panel, so that nobody on it is drawn for another one at that time.

    Whoever an earlier panel of it named, and who was never invited, holds none any more.
    Everybody is written as read, so that an invitation at the same moment makes a conflict
    (`record_opportunity`): who is there still by whoever calls, the others here.
    """
    people = [each.participant_id for each in match.panel]
    known = await records.opportunities.of_engagement(engagement.id)
    found = await asyncio.gather(*map(records.candidates.get, people))
    invited = {each.participant_id for each in known}
    unheard_of = [Candidate(each, engagement.hub, sequence=0) for each in people]
    away = [each or other for each, other in zip(found, unheard_of, strict=True)]
    held = tuple(records.candidates.keep(each) for each in away if not each.active)
    places = tuple(
        records.opportunities.keep(_place(match, engagement, each, now))
        for each in people
        if each not in invited
    )
    passed = tuple(
        records.opportunities.drop(each)
        for each in known
        if each.answer == CHOSEN and each.participant_id not in people
    )
    return Changes((*held, *places, *passed))


async def places_free(engagement_id: str, records: Records) -> Changes:
    """Hold no places any more of an engagement that is called off."""
    known = await records.opportunities.of_engagement(engagement_id)
    return Changes(
        tuple(records.opportunities.drop(each) for each in known if each.answer == CHOSEN)
    )


async def drawn_beside(
    people: Collection[str], match: Match, cause: Event, records: Records, facts: Facts
) -> Changes:
    """Have other panels drawn again that name people of this one, and wait for a decision."""
    naming = await asyncio.gather(*map(records.matches.naming, people))
    others = (each for some in naming for each in some if each.id != match.id)
    return Changes(tuple(draws_waiting(others, cause, facts)))


def _place(match: Match, engagement: Engagement, participant_id: str, now: datetime) -> Opportunity:
    return Opportunity(
        id=chosen_id(match.id, participant_id),
        engagement_id=engagement.id,
        participant_id=participant_id,
        answer=CHOSEN,
        sequence=0,
        hub=engagement.hub,
        asked_at=now,
        starts_on=engagement.window_start,
        ends_on=engagement.window_end,
        paid=engagement.paid,
        until=engagement.window_end,
    )
