"""Following what staff decided of a match."""

from dataclasses import replace

from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import UNDECIDED, Match, Status
from services.matching.ports import Records
from services.matching.use_cases.asked import still_there
from services.matching.use_cases.chances import draw_approved
from services.matching.use_cases.draws import draw_announced, to_be_drawn
from services.matching.use_cases.outreach import outreach_over
from services.matching.use_cases.places import short_or_not
from services.matching.use_cases.places_given import drawn_beside, places_given
from services.matching.use_cases.states import match_seen, match_state
from services.matching.use_cases.wanted import draw_wanted
from shared.changes import NOTHING, Changes, Put
from shared.contracts.matches import MatchApproved, MatchDecision, MatchSentBack
from shared.errors import NotFoundError
from shared.facts import Facts


async def approve_match(event: MatchApproved, records: Records, facts: Facts) -> Changes:
    """Take the panel that staff saw. Raises NotFoundError.

    If another was drawn meanwhile, the decision is told again as the match's newest state, so
    that nobody takes the later panel for one that waits. What sessions lack that overtook the
    decision is drawn for now. Of a match that was called off meanwhile, people had a chance.
    """
    match = await _decided(event, records)
    if event.source == facts.source or match.status is Status.APPROVED:
        return NOTHING
    if match.status is Status.CANCELLED:
        seen = match_seen(match, event.data.match)
        return await draw_approved(seen, facts.caused_by(event), records)
    engagement = await records.engagements.get(match.engagement_id)
    seen, held = await _as_known_now(match_seen(match, event.data.match), records)
    again = event.data.match_sequence < match.told
    told = match.version + 1 if again else match.told
    approved = replace(seen, status=Status.APPROVED, wanted=(), told=told)
    over = (outreach_over(match, facts.caused_by(event)),) if match.wanted else ()
    kept = Changes((*held, records.matches.keep(approved)), over)
    if again:
        kept += Changes(events=(approval(approved, event, facts),))
        kept += _next_announced(approved, engagement, event, facts)
    kept += await draw_approved(approved, facts.caused_by(event), records)
    if engagement:
        people = [each.participant_id for each in approved.panel]
        kept += await places_given(approved, engagement, records, facts.now())
        kept += await drawn_beside(people, approved, event, records, facts)
    return kept + _places_after(engagement, event, records, facts)


async def send_back_match(event: MatchSentBack, records: Records, facts: Facts) -> Changes:
    """Let the match rest, or have it drawn with another seed. Raises NotFoundError.

    A panel that was told since staff looked waits on: the console shows it, and nobody decided.
    """
    match = await _decided(event, records)
    if match.status not in UNDECIDED | {Status.SENT_BACK}:
        return NOTHING
    if event.data.match_sequence < match.told:
        return NOTHING
    if not event.data.draw_again:
        return await _rest(match, event, records, facts)
    wanted = draw_wanted(match.engagement_id, event, at=facts.now())
    return Changes((records.matches.keep(to_be_drawn(match)), wanted))


def approval(match: Match, cause: MatchApproved, facts: Facts) -> MatchApproved:
    """Tell a decision again, of the match as it is now."""
    sequence = match.version + 1
    decision = MatchDecision(match=match_state(match), match_sequence=sequence, by=cause.data.by)
    return MatchApproved(
        **facts.caused_by(cause), subject=match.id, sequence=sequence, data=decision
    )


def _next_announced(
    match: Match, engagement: Engagement | None, cause: MatchApproved, facts: Facts
) -> Changes:
    """Tell what the next draw is made of: after a panel drawn before the newest it is another."""
    if engagement is None:
        return NOTHING
    header = facts.caused_by(cause)
    return Changes(events=(draw_announced(match.id, engagement, match.next_cause, header),))


async def _decided(event: MatchApproved | MatchSentBack, records: Records) -> Match:
    match = await records.matches.get(event.subject)
    if match is None:
        raise NotFoundError("a decision names a match that was never drawn")
    return match


async def _as_known_now(match: Match, records: Records) -> tuple[Match, list[Put]]:
    """Blank who may not be asked any more, and answers taken back since staff looked.

    The others are held as read, in case one is erased, or takes back an answer, at this moment.
    """
    there = await still_there(match.named, records)
    left = match.forgetting(set(match.named) - {each.id for each in there})
    told = {name for each in (*match.panel, *match.reserves) for name in each.features}
    for person in there:
        left = left.without_answers(person.id, told - person.features().keys())
    return left, [records.candidates.keep(each) for each in there]


def _places_after(
    engagement: Engagement | None, event: MatchApproved, records: Records, facts: Facts
) -> Changes:
    """Follow what was heard of the sessions since the panel was drawn, or is heard this moment.

    The engagement is written in any case, so that such news makes a conflict.
    """
    if engagement is None:
        return NOTHING
    if engagement.has_news():
        return short_or_not(engagement, event, records, facts)
    return Changes((records.engagements.keep(replace(engagement, short=False)),))


async def _rest(match: Match, cause: MatchSentBack, records: Records, facts: Facts) -> Changes:
    resting = records.matches.keep(replace(match, status=Status.SENT_BACK, wanted=()))
    over = (outreach_over(match, facts.caused_by(cause)),) if match.wanted else ()
    engagement = await records.engagements.get(match.engagement_id)
    if engagement is None or not engagement.short:
        return Changes((resting,), over)
    return Changes((resting, records.engagements.keep(replace(engagement, short=False))), over)
