"""The draw of a match: done when it is due, from whoever may be asked at that moment."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import (
    MATCHES,
    UNDECIDED,
    Match,
    Status,
    match_id,
)
from services.matching.ports import Records
from services.matching.use_cases.asked import Asked, asked_before
from services.matching.use_cases.chances import draw_taken
from services.matching.use_cases.outreach import outreach_news, outreach_over
from services.matching.use_cases.panels import (
    Outcome,
    Terms,
    blank,
    drawn_panel,
    with_cause,
)
from services.matching.use_cases.places_given import places_given
from services.matching.use_cases.states import match_state
from services.matching.use_cases.wanted import DRAWS
from shared.changes import NOTHING, Changes, Due
from shared.contracts.base import Event
from shared.contracts.matches import (
    AnnouncedDraw,
    MatchApproved,
    MatchDecision,
    MatchDrawAnnounced,
    MatchFellShort,
    MatchProposed,
)
from shared.due import DueWork
from shared.errors import NotYetError
from shared.facts import Facts, Header
from shared.sortition.seeds import commitment_to, nonce_of

AUTOMATIC = "automatic"


def to_be_drawn(match: Match) -> Match:
    """Return it as one that waits to be drawn with another seed, and to be told in any case."""
    return replace(match, cause=match.next_cause, status=Status.PROPOSED, steps=())


def draw_announced(match_id: str, engagement: Engagement, cause: str, header: Header) -> Event:
    """Tell the hash of what the seed of a draw to come is made of."""
    commitment = commitment_to(nonce_of(engagement.secret, cause))
    return MatchDrawAnnounced(
        **header,
        subject=str(uuid5(MATCHES, f"announced {match_id} {cause}")),
        sequence=1,
        data=AnnouncedDraw(
            match_id=UUID(match_id), engagement_id=UUID(engagement.id), commitment=commitment
        ),
    )


async def draw_match(work: DueWork, records: Records, facts: Facts, terms: Terms) -> Changes:
    """Draw the match of an engagement; nothing changes when the same comes out again.

    Who holds a place already keeps it, whom staff put on the panel is on it, and others join them
    by lot. Whoever is named is written at the version read, so that a draw which somebody who is
    leaving or being erased outran makes a conflict, and is done again without them. Raises
    NotYetError while some people's chances in an earlier draw are added up, and others' are not.
    """
    engagement = await records.engagements.get(work.about["engagement_id"])
    if engagement is None or not engagement.open:
        return NOTHING
    stored = await records.matches.get(match_id(engagement.id))
    if stored and not _wants_people(stored, engagement, facts.now()):
        return NOTHING
    asked = await asked_before(engagement, stored, records, terms.limits, facts.now())
    if len(asked.holding) >= engagement.places:
        return _nobody_wanted(stored, engagement, work, records, facts)
    if await records.draws.being_noted(engagement.hub):
        raise NotYetError("the chances of an earlier draw are still being added up")
    engagement = replace(engagement, secret=engagement.secret or facts.new_id().hex)
    outcome = await _drawn(engagement, stored, asked, records, terms)
    match = outcome.match
    again = _look_when_asked_again(outcome, work)
    if match == stored or (_stands(stored) and len(match.panel) == len(asked.holding)):
        return again
    held = Changes(tuple(records.candidates.keep(each.whole()) for each in outcome.named))
    told = _told(match, stored, engagement, work, records=records, facts=facts)
    kept = await _draw_kept(outcome, engagement, work, records, facts)
    return held + told + kept + again + _second_look(match, work, facts, terms)


async def _drawn(
    engagement: Engagement, stored: Match | None, asked: Asked, records: Records, terms: Terms
) -> Outcome:
    """Draw; a match that was short is completed with a seed that nobody has seen."""
    start = blank(engagement, stored)
    outcome = await drawn_panel(engagement, start, asked, records=records, terms=terms)
    if stored is None or (stored.status, outcome.match.status) != (Status.SHORT, Status.PROPOSED):
        return outcome
    fresh = with_cause(start, engagement, stored.next_cause)
    return await drawn_panel(engagement, fresh, asked, records=records, terms=terms)


def _nobody_wanted(
    stored: Match | None, engagement: Engagement, work: DueWork, records: Records, facts: Facts
) -> Changes:
    """Look for nobody any more where everybody came back who had given a place up."""
    if stored is None or not stored.wanted:
        return NOTHING
    over = outreach_over(stored, _header(engagement, work, facts))
    kept = records.matches.keep(replace(stored, wanted=()))
    full = records.engagements.keep(replace(engagement, short=False))
    return Changes((kept, full), (over,))


def _wants_people(match: Match, engagement: Engagement, now: datetime) -> bool:
    if match.status in UNDECIDED:
        return True
    is_lacking = engagement.lacks_people(now) if engagement.sessions else True
    return _stands(match) and engagement.short and is_lacking


def _stands(match: Match | None) -> bool:
    return match is not None and match.status is Status.APPROVED


def _told(
    match: Match,
    stored: Match | None,
    engagement: Engagement,
    work: DueWork,
    *,
    records: Records,
    facts: Facts,
) -> Changes:
    """Write the engagement with the match, so that one closed meanwhile makes a conflict."""
    short = match.status is Status.SHORT
    sequence = match.version + 1
    kept = records.engagements.keep(replace(engagement.drawn_for(), short=short))
    news = MatchFellShort if short else MatchProposed
    header, state = _header(engagement, work, facts), match_state(match)
    events: list[Event] = [news(**header, subject=match.id, sequence=sequence, data=state)]
    before = stored.wanted if stored else ()
    events += outreach_news(before, match, engagement, _header(engagement, work, facts))
    next_header = _header(engagement, work, facts)
    events.append(draw_announced(match.id, engagement, match.next_cause, next_header))
    if engagement.automatic and not match.unmet:
        decision = MatchDecision(match=state, match_sequence=sequence, by=AUTOMATIC)
        events.append(
            MatchApproved(
                **_header(engagement, work, facts),
                subject=match.id,
                sequence=sequence,
                data=decision,
            )
        )
        match = replace(match, status=Status.APPROVED)
    told = replace(match, told=sequence)
    return Changes((records.matches.keep(told), kept), tuple(events))


async def _draw_kept(
    outcome: Outcome, engagement: Engagement, work: DueWork, records: Records, facts: Facts
) -> Changes:
    """Keep how a panel was drawn that may be approved."""
    if outcome.draw is None or outcome.match.status is Status.SHORT:
        return NOTHING
    draw = await records.draws.get(outcome.draw.id) or outcome.draw
    if engagement.automatic and not outcome.match.unmet:
        given = await places_given(outcome.match, engagement, records, facts.now())
        header = _header(engagement, work, facts)
        return draw_taken(draw, outcome.match, header, records) + given
    return Changes((records.draws.keep(draw),))


def _second_look(match: Match, work: DueWork, facts: Facts, terms: Terms) -> Changes:
    if match.status is not Status.SHORT:
        return NOTHING
    later = facts.now() + terms.second_look
    own = match.engagement_id
    return Changes((Due(DRAWS, f"{own}:second", later, work.about, together=own),))


def _look_when_asked_again(outcome: Outcome, work: DueWork) -> Changes:
    """Look at a short match again when somebody may be asked who was asked too often lately."""
    at, match = outcome.asked_again_at, outcome.match
    if at is None or match.status is not Status.SHORT:
        return NOTHING
    own = match.engagement_id
    return Changes((Due(DRAWS, f"{own}:asked-again", at, work.about, together=own),))


def _header(engagement: Engagement, work: DueWork, facts: Facts) -> Header:
    return facts.started(
        engagement.hub,
        correlation_id=engagement.correlation_id,
        causation_id=work.about["causation_id"],
    )
