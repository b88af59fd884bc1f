"""Who is on the panel of a match: drawn from those who may be asked at that moment."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.matching.domain.candidates import Candidate
from services.matching.domain.chances import Draw, Fading, draw_of, evenness
from services.matching.domain.contact import Limits, Sparing
from services.matching.domain.eligibility import Step, narrowed
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import (
    HOLDING,
    TAKEN_BACK,
    Match,
    Member,
    Status,
    match_id,
)
from services.matching.domain.population import Population
from services.matching.domain.reasons import reasons
from services.matching.ports import Records
from shared.sortition.draw import Chosen, Drawn, draw_beside
from shared.sortition.pools import Pool, pool_of
from shared.sortition.quotas import Quotas
from shared.sortition.reserves import reserves_for
from shared.sortition.seeds import nonce_of, seed_from


@dataclass(frozen=True, slots=True)
class Terms:
    """How draws are made: whom quotas may follow, how much is asked of a person, what is forgotten.

    There are reserves for as many as are likely to drop out, if each member does with `drop_out`.

    A short match is looked at again after `second_look`, for people who joined while the first draw
    was made.
    """

    population: Population
    second_look: timedelta
    limits: Limits
    fading: Fading
    drop_out: float = 0.0


async def still_there(people: Iterable[str], records: Records) -> list[Candidate]:
    """Return those, of people given by id, who may be asked still."""
    found = await asyncio.gather(*map(records.candidates.get, people))
    return [each for each in found if each and each.active]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was invited already: those who hold a place, and who is not to be drawn again.

    `chances` are those at which they and others were drawn. `sparing`: whom other engagements ask.
    """

    holding: Sequence[Candidate]
    again: Collection[str]
    chances: Mapping[str, float]
    sparing: Sparing

    @property
    def panel(self) -> tuple[Chosen, ...]:
        return tuple(Chosen(each.id, self.chances.get(each.id, 1.0)) for each in self.holding)


async def asked_before(
    engagement: Engagement, stored: Match | None, records: Records, limits: Limits, now: datetime
) -> Asked:
    """Return who was invited, to this engagement and to others."""
    asked, lately = await asyncio.gather(
        records.opportunities.of_engagement(engagement.id),
        records.opportunities.lately(engagement.hub, limits.since(engagement, now)),
    )
    holding = sorted({each.participant_id for each in asked if each.answer in HOLDING})
    again = {each.participant_id for each in asked if each.answer in TAKEN_BACK | HOLDING}
    members = (*stored.panel, *stored.reserves) if stored else ()
    chances = {each.participant_id: each.chance for each in members}
    sparing = limits.sparing(engagement, lately, now)
    return Asked(await still_there(holding, records), again, chances, sparing)


def blank(engagement: Engagement, stored: Match | None) -> Match:
    """Return the match of an engagement before anybody is drawn.

    It is drawn with the same seed again, unless the panel was approved that had it.
    """
    cause = engagement.id if stored is None else stored.cause
    if stored and stored.status is Status.APPROVED:
        cause = stored.next_cause
    return Match(
        id=match_id(engagement.id),
        hub=engagement.hub,
        engagement_id=engagement.id,
        engagement_reference=engagement.reference,
        title=engagement.title,
        partner=engagement.partner,
        status=Status.PROPOSED,
        places=engagement.places,
        seed=seed_from(nonce_of(engagement.secret, cause)),
        cause=cause,
        told=stored.told if stored else 0,
        version=stored.version if stored else 0,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A match with its panel, everybody whom it names, and the draw if it may be approved."""

    match: Match
    named: Sequence[Candidate]
    draw: Draw | None


async def drawn_panel(
    engagement: Engagement, blank: Match, asked: Asked, *, records: Records, terms: Terms
) -> Outcome:
    """Draw a match from whoever may be asked at this moment."""
    field = await records.candidates.field_for(engagement)
    target = terms.population.target_of(engagement)
    make = _Making(engagement, blank, asked, target.quotas, terms)
    people, steps, drawn, draw = await asyncio.to_thread(make.draw, field.candidates)
    unmet = (*target.unknown, *drawn.unmet)
    show = _Showing(
        engagement, target.quotas, {each.id: each for each in (*people, *asked.holding)}
    )
    match = replace(
        blank,
        status=Status.SHORT if unmet else Status.PROPOSED,
        eligible=len(people),
        steps=(*field.steps, *steps),
        panel=show.members(asked.panel + drawn.panel),
        reserves=show.members(drawn.reserves),
        quotas=target.beside(drawn.quotas),
        unmet=unmet,
        wanted=drawn.wanted,
        evenness=evenness(drawn.basis) if drawn.basis else None,
        draw_id=draw.id if draw else "",
    )
    return Outcome(match, [show.people[each] for each in match.named], draw)


@dataclass(frozen=True, slots=True)
class _Making:
    """What a panel is drawn by, in a thread of its own."""

    engagement: Engagement
    blank: Match
    asked: Asked
    quotas: Quotas
    terms: Terms

    def draw(
        self, candidates: Sequence[Candidate]
    ) -> tuple[Sequence[Candidate], tuple[Step, ...], Drawn, Draw | None]:
        sparing = self.asked.sparing
        people, steps = narrowed(
            candidates,
            self.engagement,
            asked_before=self.asked.again,
            spared=sparing.spares if sparing.theirs else None,
        )
        drawn = draw_beside(
            [person.features() for person in self.asked.holding],
            self._pool(people),
            self.quotas,
            places=self.engagement.places,
            reserves=self._reserves(),
            seed=self.blank.seed,
        )
        return people, steps, drawn, self._kept(drawn)

    def _kept(self, drawn: Drawn) -> Draw | None:
        if drawn.basis is None or drawn.unmet:
            return None
        nonce = nonce_of(self.engagement.secret, self.blank.cause)
        at = self.asked.sparing.now
        return draw_of(self.blank.id, self.blank.hub, drawn.basis, nonce=nonce, at=at)

    def _reserves(self) -> int:
        likely = reserves_for(self.engagement.places, self.terms.drop_out)
        return max(self.engagement.reserves, likely)

    def _pool(self, people: Iterable[Candidate]) -> Pool:
        now = self.asked.sparing.now
        had = {each.id: self.terms.fading.left(each.had, now) for each in people if each.had}
        return pool_of({each.id: each.features() for each in people}, self.quotas, had=had)


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
