"""Who is not drawn by lot alone: those invited before, and those of whom staff want something."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.domain.candidates import Candidate
from services.matching.domain.contact import Limits, Sparing
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import (
    HOLDING,
    TAKEN_BACK,
    Followed,
    Match,
    Member,
    Opportunity,
)
from services.matching.domain.staff_changes import Change, StaffChange
from services.matching.ports import Records
from shared.sortition.draw import Chosen


@dataclass(frozen=True, slots=True)
class Asked:
    """Those who hold a place, who is not to be drawn again, and what staff want of whom.

    `before` is how they and others were drawn. `looked_past` is how many askings that a person gave
    up are no reason to leave them out. `sparing`: whom other engagements ask.
    """

    holding: Sequence[Candidate]
    again: Collection[str]
    before: Mapping[str, Member]
    changes: Sequence[StaffChange]
    looked_past: Mapping[str, int]
    sparing: Sparing

    @property
    def panel(self) -> tuple[Chosen, ...]:
        """Those who hold a place, at the chances at which they were drawn."""
        chances = {key: each.chance for key, each in self.before.items()}
        return tuple(Chosen(each.id, chances.get(each.id, 1.0)) for each in self.holding)

    @property
    def excluded(self) -> frozenset[str]:
        """Who is not to be drawn."""
        return self._wanted(Change.EXCLUDE)

    @property
    def followed(self) -> tuple[Followed, ...]:
        """What the draw goes by, to be told with it."""
        return tuple(Followed(each.participant_id, each.sequence) for each in self.changes)

    def pinned(self, people: Iterable[Candidate]) -> list[Candidate]:
        """Return whom staff put on the panel, of people who may be drawn."""
        wanted = self._wanted(Change.PIN)
        return sorted((each for each in people if each.id in wanted), key=lambda each: each.id)

    def is_by_staff(self, person_id: str, pinned: Collection[str]) -> bool:
        """Whether the person is on the panel by staff, now or since they took their place."""
        before = self.before.get(person_id)
        holds = any(each.id == person_id for each in self.holding)
        return person_id in pinned or (holds and before is not None and before.by_staff)

    def _wanted(self, change: Change) -> frozenset[str]:
        return frozenset(each.participant_id for each in self.changes if each.change is change)


async def asked_before(
    engagement: Engagement,
    stored: Match | None,
    records: Records,
    limits: Limits,
    now: datetime,
    *,
    wish: StaffChange | None = None,
) -> Asked:
    """Return who was invited, to this engagement and to others, and what staff want.

    With `wish`, as if staff wanted that of the person by now.
    """
    invited, lately, changes = await asyncio.gather(
        records.opportunities.of_engagement(engagement.id),
        records.opportunities.lately(engagement.hub, limits.since(engagement, now)),
        records.changes.of_engagement(engagement.id),
    )
    if wish:
        others = (each for each in changes if each.participant_id != wish.participant_id)
        changes = [*others, wish]
    holding = sorted({each.participant_id for each in invited if each.answer in HOLDING})
    looked_past = {
        change.participant_id: change.asked
        for each in invited
        for change in changes
        if change.looks_past(each)
    }
    members = (*stored.panel, *stored.reserves) if stored else ()
    return Asked(
        holding=await still_there(holding, records),
        again=_kept_out(invited, looked_past),
        before={each.participant_id: each for each in members},
        changes=sorted(changes, key=lambda each: each.participant_id),
        looked_past=looked_past,
        sparing=limits.sparing(engagement, lately, now),
    )


async def still_there(people: Iterable[str], records: Records) -> list[Candidate]:
    """Return those, of people given by id, who may be asked still."""
    found = await asyncio.gather(*map(records.candidates.get, people))
    return [each for each in found if each and each.active]


def _kept_out(invited: Iterable[Opportunity], looked_past: Mapping[str, int]) -> frozenset[str]:
    return frozenset(
        each.participant_id
        for each in invited
        if each.answer in HOLDING
        or (each.answer in TAKEN_BACK and each.participant_id not in looked_past)
    )
