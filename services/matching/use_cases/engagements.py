"""Keeping engagements: each change asks for a draw, and a closed one takes its match with it."""

import asyncio
from dataclasses import replace

from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Status, match_id
from services.matching.ports import Records
from services.matching.use_cases.chances import draws_over
from services.matching.use_cases.draws import draw_announced, to_be_drawn
from services.matching.use_cases.outreach import outreach_over
from services.matching.use_cases.places_given import places_free
from services.matching.use_cases.states import EngagementEvent, engagement_of, match_state
from services.matching.use_cases.wanted import DRAWS, draw_wanted
from shared.changes import NOTHING, Changes, Undue
from shared.contracts.engagements import EngagementClosed
from shared.contracts.matches import MatchCancelled
from shared.facts import Facts


async def keep_engagement(event: EngagementEvent, records: Records, facts: Facts) -> Changes:
    """Keep the newest of an engagement and have its match drawn, also one that staff let rest."""
    stored, match = await _known(event, records)
    if event.is_old(stored):
        return NOTHING
    engagement = engagement_of(event, stored, facts.new_id().hex)
    wanted = draw_wanted(engagement.id, event, at=facts.now())
    kept = Changes((records.engagements.keep(engagement), wanted))
    kept += _announced(engagement, stored, event, facts)
    if match is None or match.status is not Status.SENT_BACK or not engagement.open:
        return kept
    return kept + Changes((records.matches.keep(to_be_drawn(match)),))


async def close_engagement(event: EngagementClosed, records: Records, facts: Facts) -> Changes:
    """Keep that it is closed, and cancel its match."""
    stored, match = await _known(event, records)
    if event.is_old(stored):
        return NOTHING
    engagement = replace(engagement_of(event, stored, facts.new_id().hex), short=False)
    closed = Changes((records.engagements.keep(engagement), Undue(DRAWS, engagement.id)))
    closed += _announced(engagement, stored, event, facts)
    if match is None or match.status is Status.CANCELLED:
        return closed
    closed += Changes((draws_over(match.id, facts.now()),))
    closed += await places_free(engagement.id, records)
    cancelled = replace(match, status=Status.CANCELLED, wanted=(), told=match.version + 1)
    told = MatchCancelled(
        **facts.caused_by(event),
        subject=match.id,
        sequence=cancelled.told,
        data=match_state(cancelled),
    )
    over = (outreach_over(match, facts.caused_by(event)),) if match.wanted else ()
    return closed + Changes((records.matches.keep(cancelled),), (told, *over))


def _announced(
    engagement: Engagement, stored: Engagement | None, event: EngagementEvent, facts: Facts
) -> Changes:
    """Tell once, when an engagement gets its secret, what the seed of its draw is made of."""
    if stored and stored.secret:
        return NOTHING
    header = facts.caused_by(event)
    told = draw_announced(match_id(engagement.id), engagement, engagement.id, header)
    return Changes(events=(told,))


async def _known(
    event: EngagementEvent, records: Records
) -> tuple[Engagement | None, Match | None]:
    """Read both at once: a message that comes alone waits for one answer, not for two."""
    return await asyncio.gather(
        records.engagements.get(event.subject), records.matches.get(match_id(event.subject))
    )
