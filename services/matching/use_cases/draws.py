"""The draw of a match: done when it is due, from whoever may be asked at that moment."""

from dataclasses import dataclass, replace
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
from services.matching.use_cases.asked import asked_before
from services.matching.use_cases.chances import draw_taken
from services.matching.use_cases.outreach import outreach_news, seeks, seeks_nobody
from services.matching.use_cases.panels import Outcome, Terms, panel_now
from services.matching.use_cases.places_given import places_given
from services.matching.use_cases.states import match_state
from services.matching.use_cases.wanted import DRAWS
from shared.changes import NOTHING, Changes, Due, Put
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
from shared.sortition.outreach import Wanted
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
    engagement = replace(engagement, secret=engagement.secret or facts.new_id().hex)
    stored = await records.matches.get(match_id(engagement.id))
    drawing = _Drawing(engagement, stored, work, records, facts)
    if stored and not _wants_people(stored, engagement, facts.now()):
        return seeks_nobody(stored, drawing.header(), records)
    asked = await asked_before(engagement, stored, records, terms.limits, facts.now())
    is_full = len(asked.holding) >= engagement.places
    if is_full and (stored is None or stored.stands):
        return drawing.full()
    if await records.draws.being_noted(engagement.hub):
        raise NotYetError("the chances of an earlier draw are still being added up")
    outcome = await panel_now(engagement, stored, asked, records=records, terms=terms)
    again = drawing.looks_again(outcome)
    if stored and drawing.is_told(outcome.match, holding=len(asked.holding)):
        return again + drawing.sought(stored, outcome.match.wanted)
    told = await drawing.told(outcome, is_full=is_full)
    return told + again + drawing.second_look(outcome.match, terms)


def _wants_people(match: Match, engagement: Engagement, now: datetime) -> bool:
    if match.status in UNDECIDED:
        return True
    is_lacking = engagement.lacks_people(now) if engagement.sessions else True
    return match.stands and engagement.short and is_lacking


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What a draw is made for, and what was told of its match before."""

    engagement: Engagement
    stored: Match | None
    work: DueWork
    records: Records
    facts: Facts

    def header(self) -> Header:
        return self.facts.started(
            self.engagement.hub,
            correlation_id=self.engagement.correlation_id,
            causation_id=self.work.about["causation_id"],
        )

    def is_told(self, match: Match, *, holding: int) -> bool:
        """Whether it is the one told before, or one that stands and that nobody joins."""
        if self.stored is None:
            return False
        stands = self.stored.stands and len(match.panel) == holding
        return stands or replace(match, wanted=self.stored.wanted) == self.stored

    async def told(self, outcome: Outcome, *, is_full: bool) -> Changes:
        """Keep and tell a match; one of which nobody is left to be asked needs no approval."""
        match = outcome.match
        decided = is_full or (self.engagement.automatic and not match.unmet)
        if decided:
            match = replace(match, status=Status.PROPOSED)
            kept = await self._taken(replace(outcome, match=match))
        else:
            kept = await self._waiting(outcome)
        held = tuple(self.records.candidates.keep(each.whole()) for each in outcome.named)
        return Changes(held) + kept + self._news(match, decided=decided)

    def _news(self, match: Match, *, decided: bool) -> Changes:
        """Write the engagement with the match, so that one closed meanwhile makes a conflict."""
        short, sequence = match.status is Status.SHORT, match.version + 1
        news = MatchFellShort if short else MatchProposed
        state, before = match_state(match), self.stored.wanted if self.stored else ()
        following = draw_announced(match.id, self.engagement, match.next_cause, self.header())
        events: tuple[Event, ...] = (
            news(**self.header(), subject=match.id, sequence=sequence, data=state),
            *outreach_news(before, match, self.engagement, self.header()),
            following,
            *((self._approval(match),) if decided else ()),
        )
        status = Status.APPROVED if decided else match.status
        told = self.records.matches.keep(replace(match, status=status, told=sequence))
        return Changes((told, self._engagement(short=short)), events)

    async def _waiting(self, outcome: Outcome) -> Changes:
        """Keep how a panel was drawn that may be approved."""
        if outcome.draw is None or outcome.match.status is Status.SHORT:
            return NOTHING
        draw = await self.records.draws.get(outcome.draw.id) or outcome.draw
        return Changes((self.records.draws.keep(draw),))

    async def _taken(self, outcome: Outcome) -> Changes:
        """Hold the places of a panel that is approved; the draws of others that waited are over."""
        match, kept = outcome.match, await self.records.draws.of_match(outcome.match.id)
        given = await places_given(match, self.engagement, self.records, self.facts.now())
        over = [each for each in kept if not each.taken and each.id != match.draw_id]
        given += Changes(tuple(map(self.records.draws.drop, over)))
        if outcome.draw is None:
            return given
        draw = next((each for each in kept if each.id == match.draw_id), outcome.draw)
        return draw_taken(draw, match, self.header(), self.records) + given

    def full(self) -> Changes:
        """Look for nobody any more where everybody came back who had given a place up."""
        if self.stored is None or not self.stored.wanted:
            return NOTHING
        over = seeks_nobody(self.stored, self.header(), self.records)
        return over + Changes((self._engagement(short=False),))

    def sought(self, stored: Match, wanted: tuple[Wanted, ...]) -> Changes:
        """Look for whoever a panel lacks that stands, and that nobody can join at the moment."""
        news = seeks(stored, wanted, self.engagement, self.header(), self.records)
        if news == NOTHING:
            return news
        return news + Changes((self.records.engagements.keep(self.engagement),))

    def looks_again(self, outcome: Outcome) -> Changes:
        """Look at a short match again when somebody may be asked who was asked too often lately.

        And when its sessions have come too near for anybody to join: then nobody is looked for.
        """
        if outcome.match.status is not Status.SHORT:
            return NOTHING
        moments = {
            "asked-again": outcome.asked_again_at,
            "too-near": self.engagement.joinable_until,
        }
        ahead = {why: at for why, at in moments.items() if at and at > self.facts.now()}
        return Changes(tuple(self._look(why, at) for why, at in ahead.items()))

    def second_look(self, match: Match, terms: Terms) -> Changes:
        """Look at a short match again soon, for people who joined while it was drawn."""
        if match.status is not Status.SHORT:
            return NOTHING
        return Changes((self._look("second", self.facts.now() + terms.second_look),))

    def _look(self, why: str, at: datetime) -> Due:
        own = self.engagement.id
        return Due(DRAWS, f"{own}:{why}", at, self.work.about, together=own)

    def _engagement(self, *, short: bool) -> Put:
        return self.records.engagements.keep(replace(self.engagement.drawn_for(), short=short))

    def _approval(self, match: Match) -> MatchApproved:
        sequence = match.version + 1
        decision = MatchDecision(match=match_state(match), match_sequence=sequence, by=AUTOMATIC)
        return MatchApproved(**self.header(), subject=match.id, sequence=sequence, data=decision)
