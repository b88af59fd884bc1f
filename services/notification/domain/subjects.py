"""What messages are about: the newest known state of invitations, matches and sessions."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

WITHDRAWN = "withdrawn"
ENDED_BY_LEAVING = frozenset({"invited", "accepted", WITHDRAWN})
"""Answers after which an entry may be in the calendar of a person who leaves."""


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a session takes place."""

    name: str
    address: str
    postcode: str | None
    online: bool
    access: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InvitedSession:
    """A session as the invited person sees it."""

    id: str
    starts_at: datetime
    ends_at: datetime
    venue: Venue


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a person was chosen: by `lot`, as a `reserve` by lot, or by `staff`.

    `chance` (0 to 1) is that of being drawn for the panel; None where it is not known.
    """

    how: str
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """The newest known state of an offer to one person.

    `place_gone`: they said yes after a no, when somebody else had the place.
    `by_phone`: the person gave the answer to staff on the telephone and knows how it stands.
    `chosen` is not known of those from before it was kept. `dropped` are sessions that were told of
    and are not theirs any more: to be taken out of their calendar.
    """

    id: str
    sequence: int
    hub: str
    participant_id: str
    participant_reference: str
    engagement_id: str
    title: str
    description: str
    partner: str
    answer: str
    answer_by: datetime
    sessions: tuple[InvitedSession, ...]
    gbp_per_hour: float | None
    time_credits: float | None
    place_gone: bool = False
    by_phone: bool = False
    chosen: Chosen | None = None
    dropped: tuple[InvitedSession, ...] = ()
    version: int = 0

    def following(self, before: Self | None) -> Self:
        """Return it with what is not in it any more of what it was before."""
        known = (*before.sessions, *before.dropped) if before else ()
        kept = {session.id for session in self.sessions}
        gone = {each.id: each for each in reversed(known) if each.id not in kept}
        return replace(self, dropped=tuple(gone.values()))

    def given_up(self, now: datetime) -> Self:
        """Return what lies ahead of it as scheduling withdraws it, heard of or not."""
        is_withdrawn = self.answer == WITHDRAWN
        return replace(
            self,
            answer=WITHDRAWN,
            sequence=self.sequence if is_withdrawn else self.sequence + 1,
            sessions=tuple(session for session in self.sessions if session.starts_at > now),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """What staff are told of a match: counts and sentences, nobody in particular.

    `told` marks the state that staff were last told of, `told_at` the sequence it had then.
    """

    id: str
    sequence: int
    hub: str
    engagement_id: str
    title: str
    partner: str
    status: str
    places: int
    chosen: int
    reserves: int
    eligible: int
    unmet: tuple[str, ...]
    told: str = ""
    told_at: int = 0
    version: int = 0

    def says_all_of(self, other: "Match | Session") -> bool:
        """Whether who hears of this one has nothing more to learn from the other."""
        return isinstance(other, Match) and other.id == self.id


@dataclass(frozen=True, slots=True)
class Session:
    """What staff are told of a session. `coming` said yes, `quorum` are needed."""

    id: str
    sequence: int
    hub: str
    match_id: str
    engagement_id: str
    title: str
    partner: str
    status: str
    starts_at: datetime | None
    places: int
    missing: int
    reasons: tuple[str, ...]
    coming: int = 0
    quorum: int = 0
    at_risk: bool = False
    version: int = 0

    def has_lost_its_slot(self, before: "Session | None") -> bool:
        """Whether it has no slot, which staff do not know, or not the reasons of."""
        if self.status != "unscheduled":
            return False
        return before is None or (before.status, before.reasons) != (self.status, self.reasons)

    def has_got_worse(self, before: "Session | None") -> bool:
        """Whether more places are empty than staff know of, or there is a new concern.

        Of a session without a slot they hear only why it has none.
        """
        told = before if before and before.status == "announced" else None
        known = told.missing if told else 0
        concerns = told.reasons if told else ()
        return self.missing > known or bool(set(self.reasons) - set(concerns))

    def has_come_at_risk(self, before: "Session | None") -> bool:
        """Whether it may have fewer people than it needs, which staff do not know yet."""
        return self.at_risk and not (before and before.at_risk)

    def says_all_of(self, other: "Match | Session") -> bool:
        """Whether who hears of this one has nothing more to learn from the other."""
        if isinstance(other, Match):
            return False
        return self.missing >= other.missing and set(self.reasons) >= set(other.reasons)
