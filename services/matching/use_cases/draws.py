"""The draw of a match: done when it is due, from whoever may be asked at that moment."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import Step, narrowed
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import (
    HOLDING,
    TAKEN_BACK,
    UNDECIDED,
    Match,
    Member,
    Status,
    match_id,
)
from services.matching.domain.population import Population
from services.matching.domain.reasons import reasons
from services.matching.ports import Records
from services.matching.use_cases.outreach import outreach_news
from services.matching.use_cases.states import match_state
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.base import Event
from shared.contracts.matches import (
    MatchApproved,
    MatchDecision,
    MatchFellShort,
    MatchProposed,
)
from shared.due import DueWork
from shared.facts import Facts, Header
from shared.sortition.draw import Chosen, Drawn, draw_beside
from shared.sortition.quotas import Quotas

DRAWS = "draws"
AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Terms:
    """How draws are made: the people quotas may follow, and when a short match is looked at again.

    The second look is for people who joined while the first draw was made.
    """

    population: Population
    second_look: timedelta


def draw_wanted(engagement_id: str, cause: Event, *, at: datetime, key: str | None = None) -> Due:
    """Ask for a draw; what is asked under one key is drawn once."""
    about = {
        "engagement_id": engagement_id,
        "causation_id": cause.id,
    }
    return Due(DRAWS, key or engagement_id, at, about)


def new_seed(facts: Facts) -> int:
    """Return a seed that nobody chose."""
    return facts.new_id().int & 0xFFFF_FFFF


def to_be_drawn(match: Match, facts: Facts) -> Match:
    """Return it as one that waits to be drawn with another seed, and to be told in any case."""
    return replace(match, seed=new_seed(facts), status=Status.PROPOSED, steps=())


async def draw_match(work: DueWork, records: Records, facts: Facts, terms: Terms) -> Changes:
    """Draw the match of an engagement; nothing changes when the same comes out again.

    Who holds a place already keeps it, and is joined by others. Whoever is named is written at the
    version read, so that a draw which somebody who is leaving or being erased outran makes a
    conflict, and is done again without them.
    """
    engagement = await records.engagements.get(work.about["engagement_id"])
    if engagement is None or not engagement.open:
        return NOTHING
    stored = await records.matches.get(match_id(engagement.id))
    if stored and not _wants_people(stored, engagement, facts.now()):
        return NOTHING
    asked = await _asked(engagement, stored, records)
    if len(asked.holding) >= engagement.places:
        return NOTHING
    blank = _blank(engagement, stored, facts)
    match, named = await _drawn(engagement, blank, asked, records=records, terms=terms)
    if match == stored or (_stands(stored) and len(match.panel) == len(asked.holding)):
        return NOTHING
    held = Changes(tuple(records.candidates.keep(each.whole()) for each in named))
    told = _told(match, stored, engagement, work, records=records, facts=facts)
    return held + told + _second_look(match, work, facts, terms)


async def still_there(people: Iterable[str], records: Records) -> list[Candidate]:
    """Return those, of people given by id, who may be asked still."""
    found = await asyncio.gather(*map(records.candidates.get, people))
    return [each for each in found if each and each.active]


def _wants_people(match: Match, engagement: Engagement, now: datetime) -> bool:
    if match.status in UNDECIDED:
        return True
    is_lacking = engagement.lacks_people(now) if engagement.sessions else True
    return _stands(match) and engagement.short and is_lacking


def _stands(match: Match | None) -> bool:
    return match is not None and match.status is Status.APPROVED


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who was invited already: those who hold a place, and who is not to be drawn again.

    `chances` are those at which they and others were drawn.
    """

    holding: Sequence[Candidate]
    again: Collection[str]
    chances: Mapping[str, float]

    @property
    def panel(self) -> tuple[Chosen, ...]:
        return tuple(Chosen(each.id, self.chances.get(each.id, 1.0)) for each in self.holding)


async def _asked(engagement: Engagement, stored: Match | None, records: Records) -> _Asked:
    asked = await records.opportunities.of_engagement(engagement.id)
    holding = sorted({each.participant_id for each in asked if each.answer in HOLDING})
    again = {each.participant_id for each in asked if each.answer in TAKEN_BACK | HOLDING}
    members = (*stored.panel, *stored.reserves) if stored else ()
    chances = {each.participant_id: each.chance for each in members}
    return _Asked(await still_there(holding, records), again, chances)


def _blank(engagement: Engagement, stored: Match | None, facts: Facts) -> Match:
    return Match(
        id=match_id(engagement.id),
        hub=engagement.hub,
        engagement_id=engagement.id,
        engagement_reference=engagement.reference,
        title=engagement.title,
        partner=engagement.partner,
        status=Status.PROPOSED,
        places=engagement.places,
        seed=stored.seed if stored else new_seed(facts),
        told=stored.told if stored else 0,
        version=stored.version if stored else 0,
    )


async def _drawn(
    engagement: Engagement, blank: Match, asked: _Asked, *, records: Records, terms: Terms
) -> tuple[Match, list[Candidate]]:
    field = await records.candidates.field_for(engagement)
    quotas, unknown = terms.population.quotas_for(engagement)
    people, steps, drawn = await asyncio.to_thread(
        _draw, engagement, field.candidates, asked, quotas, blank.seed
    )
    unmet = (*unknown, *drawn.unmet)
    show = _Showing(engagement, quotas, {each.id: each for each in (*people, *asked.holding)})
    match = replace(
        blank,
        status=Status.SHORT if unmet else Status.PROPOSED,
        eligible=len(people),
        steps=(*field.steps, *steps),
        panel=show.members(asked.panel + drawn.panel),
        reserves=show.members(drawn.reserves),
        quotas=drawn.quotas,
        unmet=unmet,
        wanted=drawn.wanted,
    )
    return match, [show.people[each] for each in match.named]


def _draw(
    engagement: Engagement,
    candidates: Sequence[Candidate],
    asked: _Asked,
    quotas: Quotas,
    seed: int,
) -> tuple[Sequence[Candidate], tuple[Step, ...], Drawn]:
    people, steps = narrowed(candidates, engagement, asked_before=asked.again)
    drawn = draw_beside(
        [person.features() for person in asked.holding],
        {person.id: person.features() for person in people},
        quotas,
        places=engagement.places,
        reserves=engagement.reserves,
        seed=seed,
    )
    return people, steps, drawn


@dataclass(frozen=True, slots=True)
class _Showing:
    engagement: Engagement
    quotas: Quotas
    people: dict[str, Candidate]

    def members(self, chosen: tuple[Chosen, ...]) -> tuple[Member, ...]:
        return tuple(self._member(each, self.people[each.id]) for each in chosen)

    def _member(self, chosen: Chosen, person: Candidate) -> Member:
        asked = {quota.feature for quota in self.quotas}
        features = {key: value for key, value in person.features().items() if key in asked}
        return Member(
            participant_id=person.id,
            participant_reference=person.reference_for(self.engagement.publisher),
            chance=chosen.chance,
            reasons=reasons(person, self.engagement),
            features=features,
        )


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
    if engagement.automatic and not short:
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


def _second_look(match: Match, work: DueWork, facts: Facts, terms: Terms) -> Changes:
    if match.status is not Status.SHORT:
        return NOTHING
    later = facts.now() + terms.second_look
    wanted: Write = Due(DRAWS, f"{match.engagement_id}:second", later, work.about)
    return Changes((wanted,))


def _header(engagement: Engagement, work: DueWork, facts: Facts) -> Header:
    return facts.started(
        engagement.hub,
        correlation_id=engagement.correlation_id,
        causation_id=work.about["causation_id"],
    )
