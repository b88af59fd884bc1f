"""Who is on the panel of a match: drawn from those who may be asked at that moment."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from services.matching.domain.candidates import Candidate
from services.matching.domain.chances import Draw, Fading, draw_of, evenness
from services.matching.domain.contact import Limits
from services.matching.domain.eligibility import Step, narrowed
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Member, Status, match_id
from services.matching.domain.population import Population
from services.matching.domain.reasons import reasons
from services.matching.domain.staff_changes import pins_in_the_way
from services.matching.ports import Records
from services.matching.use_cases.asked import Asked
from shared.exclusions import ExclusionKey
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


def blank(engagement: Engagement, stored: Match | None) -> Match:
    """Return the match of an engagement before anybody is drawn.

    It is drawn with the same seed again, unless the panel was approved that had it.
    """
    cause = (stored.cause if stored else "") or engagement.id
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


def with_cause(blank: Match, engagement: Engagement, cause: str) -> Match:
    """Return it as one to be drawn with the seed that hangs on a cause."""
    return replace(blank, cause=cause, seed=seed_from(nonce_of(engagement.secret, cause)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A match with its panel, everybody whom it names, and the draw if it may be approved.

    `asked_again_at` is when the first may be asked again of those who were spared, asked too often.
    """

    match: Match
    named: Sequence[Candidate]
    draw: Draw | None
    asked_again_at: datetime | None


class Thread(Protocol):
    """Where a draw is computed, beside what else is to be done."""

    async def __call__(
        self, work: Callable[[Sequence[Candidate]], "_Lot"], about: Sequence[Candidate], /
    ) -> "_Lot": ...


async def panel_now(
    engagement: Engagement,
    stored: Match | None,
    asked: Asked,
    *,
    records: Records,
    terms: Terms,
    thread: Thread = asyncio.to_thread,
) -> Outcome:
    """Draw; a match that was short is completed with a seed that nobody has seen."""
    draw = partial(_drawn, engagement, asked=asked, records=records, terms=terms, thread=thread)
    start = blank(engagement, stored)
    outcome = await draw(start)
    if stored is None or (stored.status, outcome.match.status) != (Status.SHORT, Status.PROPOSED):
        return outcome
    return await draw(with_cause(start, engagement, stored.next_cause))


async def _drawn(
    engagement: Engagement,
    blank: Match,
    *,
    asked: Asked,
    records: Records,
    terms: Terms,
    thread: Thread,
) -> Outcome:
    """Draw a match from whoever may be asked at this moment."""
    field = await records.candidates.field_for(engagement)
    target = terms.population.target_of(engagement)
    make = _Making(engagement, blank, asked, target.quotas, terms, records.exclusions)
    lot = await thread(make.draw, field.candidates)
    unmet = (*target.unknown, *lot.drawn.unmet)
    people = {each.id: each for each in (*lot.people, *asked.holding)}
    show = _Showing(engagement, target.quotas, people, asked, lot.pinned)
    match = replace(
        blank,
        status=Status.SHORT if lot.drawn.unmet or target.is_unknown else Status.PROPOSED,
        eligible=len(lot.people),
        steps=(*field.steps, *lot.steps),
        panel=show.members(asked.panel + lot.drawn.panel),
        reserves=show.members(lot.drawn.reserves),
        quotas=target.beside(lot.drawn.quotas),
        unmet=unmet,
        followed=asked.followed,
        wanted=() if engagement.is_too_late(asked.sparing.now) else lot.drawn.wanted,
        evenness=evenness(lot.drawn.basis) if lot.drawn.basis else None,
        draw_id=lot.kept.id if lot.kept else "",
    )
    again_at = asked.sparing.somebody_asked_again_at(each.id for each in field.candidates)
    return Outcome(match, [show.people[each] for each in match.named], lot.kept, again_at)


@dataclass(frozen=True, slots=True)
class _Lot:
    """Everybody who may be drawn, whom of them staff put on the panel, and who joins them."""

    people: Sequence[Candidate]
    steps: tuple[Step, ...]
    pinned: frozenset[str]
    drawn: Drawn
    kept: Draw | None


@dataclass(frozen=True, slots=True)
class _Making:
    """What a panel is drawn by, in a thread of its own."""

    engagement: Engagement
    blank: Match
    asked: Asked
    quotas: Quotas
    terms: Terms
    key: ExclusionKey

    def draw(self, candidates: Sequence[Candidate]) -> _Lot:
        sparing = self.asked.sparing
        people, steps = narrowed(
            candidates,
            self.engagement.looking_ahead(sparing.now),
            self.key,
            asked_before=self.asked.again,
            spared_by=sparing.rules,
            excluded=self.asked.excluded,
        )
        is_full = len(self.asked.holding) >= self.engagement.places
        pinned = [] if is_full else self.asked.pinned(people)
        taken = frozenset(each.id for each in pinned)
        drawn = self._beside(pinned, [each for each in people if each.id not in taken])
        return _Lot(people, steps, taken, drawn, self._kept(drawn))

    def _beside(self, pinned: Sequence[Candidate], people: Sequence[Candidate]) -> Drawn:
        """Draw who joins those who hold a place and those whom staff put on the panel."""
        held = [*self.asked.holding, *pinned]
        places = self.engagement.places
        drawn = draw_beside(
            [person.features() for person in held],
            self._pool(people),
            self.quotas,
            places=places,
            reserves=self._reserves(),
            seed=self.blank.seed,
        )
        if not pinned:
            return drawn
        more = pins_in_the_way(drawn.quotas, drawn.unmet, held=len(held), places=places)
        put = tuple(Chosen(each.id, 0.0) for each in pinned)
        return replace(drawn, panel=put + drawn.panel, unmet=(*drawn.unmet, *more))

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
    asked: Asked
    pinned: Collection[str]

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
            by_staff=self.asked.is_by_staff(person.id, self.pinned),
            asked_again=self.asked.looked_past.get(person.id, 0),
        )
