"""The people of a match as staff see them: chosen, invited before, changed; and what may change."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from services.console.ports import (
    Asked,
    ChangeView,
    Invited,
    Knowledge,
    MatchView,
    Standing,
)
from services.console.use_cases.erasure import ERASED
from services.console.use_cases.naming import Naming, naming
from shared.contracts.matches import Member, PersonChange
from shared.contracts.participants import ParticipantStatus
from shared.contracts.sessions import Answer
from shared.errors import NotFoundError

HOLDS_A_PLACE = frozenset({Answer.INVITED, Answer.ACCEPTED})
GAVE_UP = frozenset({Answer.DECLINED, Answer.WITHDRAWN, Answer.EXPIRED, Answer.ANOTHER_TIME})


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPerson:
    """A person of a match.

    `is_known`: they are named by reference. `is_followed`: the panel that is shown was drawn by the
    change.
    """

    match_id: UUID
    participant_id: UUID
    name: str
    is_known: bool
    member: Member | None
    invitation: Invited | None
    change: ChangeView | None
    may: frozenset[PersonChange]
    is_followed: bool

    @property
    def id(self) -> str:
        """The id of the person in the match: of the two together, telling neither."""
        return pair_id(self.match_id, self.participant_id)

    @property
    def asked(self) -> int:
        """How often the person was invited."""
        return self.invitation.asked if self.invitation else 0

    @property
    def answer(self) -> Answer | None:
        """What the person answered, if they were invited."""
        return self.invitation.answer if self.invitation else None

    @property
    def holds_a_place(self) -> bool:
        """Whether the person is invited already, or comes."""
        return self.answer in HOLDS_A_PLACE

    @property
    def is_in_vain(self) -> bool:
        """Whether staff put the person on the panel, and the draw could not follow."""
        wanted = self.change is not None and self.change.state.change is PersonChange.PIN
        is_out = self.member is None and self.answer not in GAVE_UP
        return wanted and self.is_followed and is_out


@dataclass(frozen=True, slots=True)
class MatchPeople:
    """Everybody whom a match names, who was invited before, or of whom staff want something."""

    everybody: Mapping[UUID, MatchPerson]
    panel: Sequence[MatchPerson]
    reserves: Sequence[MatchPerson]

    def find(self, person_id: str) -> MatchPerson:
        """Return a person by their id in the match. Raises NotFoundError."""
        found = next((one for one in self.everybody.values() if one.id == person_id), None)
        if found is None:
            raise NotFoundError("nobody of this match")
        return found

    @property
    def holding(self) -> int:
        """How many of the panel hold a place already."""
        return sum(one.holds_a_place for one in self.panel)

    @property
    def answers(self) -> set[Answer]:
        """What those who were invited answered."""
        return {one.answer for one in self.everybody.values() if one.answer}

    @property
    def invited_before(self) -> list[MatchPerson]:
        """Those who are not chosen now and gave their invitation up."""
        everybody = self.everybody.values()
        found = [one for one in everybody if not one.member and one.answer in GAVE_UP]
        return sorted(found, key=lambda one: one.name)

    @property
    def changed(self) -> list[MatchPerson]:
        """Those of whom staff want something, the last change first."""
        found = [(one.change.at, one.id, one) for one in self.everybody.values() if one.change]
        return [one for *_, one in sorted(found, key=lambda each: each[:2], reverse=True)]

    @property
    def waits_for_draw(self) -> bool:
        """Whether the panel was drawn before something that staff want since."""
        return any(not one.is_followed for one in self.changed)


async def people_of_match(
    match: MatchView,
    known: Knowledge,
    *,
    always_named: bool = False,
    beside: Collection[UUID] = (),
) -> MatchPeople:
    """Read who there is, and some beside; `always_named`: by reference, whatever they answered."""
    about = Asked(hubs=(match.hub,), engagement_id=str(match.state.engagement_id))
    invitations, changes = await asyncio.gather(
        known.invitations.invited_to(str(match.state.engagement_id), match.hub),
        known.changes.listed(about),
    )
    invited = {each.participant_id: each for each in invitations}
    changed = {each.state.participant_id: each for each in changes}
    chosen = {each.participant_id: each for each in (*match.state.panel, *match.state.reserves)}
    everybody = {who: str(who) for who in (*chosen, *invited, *changed, *beside)}
    standings = await known.people.standings(everybody.values())
    names = naming(str(match.state.engagement_id), invitations, always=always_named)
    found = {
        who: _person(
            match,
            who,
            standings.get(key),
            (chosen.get(who), invited.get(who), changed.get(who)),
            names,
        )
        for who, key in everybody.items()
    }
    return MatchPeople(
        found,
        _in_order(match.state.panel, found),
        _in_order(match.state.reserves, found),
    )


def pair_id(match_id: UUID, participant_id: UUID) -> str:
    """Return the id of a person in a match."""
    return str(uuid5(match_id, str(participant_id)))


def _in_order(members: Iterable[Member], found: dict[UUID, MatchPerson]) -> tuple[MatchPerson, ...]:
    return tuple(found[each.participant_id] for each in members)


Parts = tuple[Member | None, Invited | None, ChangeView | None]


def _person(
    match: MatchView, who: UUID, person: Standing | None, parts: Parts, names: Naming
) -> MatchPerson:
    member, invitation, change = parts
    reference = _reference(member, invitation, person)
    return MatchPerson(
        match_id=match.state.match_id,
        participant_id=who,
        name=names.name(who, reference),
        is_known=reference != ERASED and names.is_known(who),
        member=member,
        invitation=invitation,
        change=change,
        may=_may(person, invitation, change),
        is_followed=change is None or _is_followed(change, match),
    )


def _reference(member: Member | None, invitation: Invited | None, person: Standing | None) -> str:
    if member:
        return member.participant_reference
    if invitation:
        return invitation.participant_reference
    return person.reference if person else ""


def _may(
    person: Standing | None, invitation: Invited | None, change: ChangeView | None
) -> frozenset[PersonChange]:
    """Return what staff can want of a person; of who left or holds a place, only nothing more."""
    stands = change.state.change if change else PersonChange.ASK_AGAIN
    let_go = frozenset({PersonChange.ASK_AGAIN} - {stands})
    status = person.status if person else ParticipantStatus.ACTIVE
    if status is ParticipantStatus.ERASED:
        return frozenset()
    if status is ParticipantStatus.LEFT or (invitation and invitation.answer in HOLDS_A_PLACE):
        return let_go
    again = {PersonChange.ASK_AGAIN} if _gave_up_since(invitation, change) else set()
    return frozenset({PersonChange.PIN, PersonChange.EXCLUDE} - {stands}) | let_go | again


def _gave_up_since(invitation: Invited | None, change: ChangeView | None) -> bool:
    """Whether the person gave up an invitation of which staff did not know, or have not said."""
    if invitation is None or invitation.answer not in GAVE_UP:
        return False
    return change is None or change.state.asked < invitation.asked


def _is_followed(change: ChangeView, match: MatchView) -> bool:
    return any(
        each.participant_id == change.state.participant_id and each.sequence >= change.sequence
        for each in match.state.followed
    )
