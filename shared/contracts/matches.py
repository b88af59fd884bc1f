"""What matching says of a match, and what staff decide of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Event, Model


class MatchStatus(StrEnum):
    """How far a match has come.

    `short`: too few people, or quotas that cannot be met; people who join later are considered.
    """

    PROPOSED = "proposed"
    SHORT = "short"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    CANCELLED = "cancelled"


class Step(Model):
    """How many people were left after one hard requirement."""

    requirement: str
    left: int


class Member(Model):
    """One chosen person: the chance they had by lot (0 to 1), why they fit, their quota values.

    `by_staff`: put on the panel by staff, not by lot; then `chance` is 0 and says nothing.
    `asked_again` is how many askings that the person gave up staff looked past: they may be invited
    once more. 0: none.
    """

    participant_id: UUID
    participant_reference: str
    chance: float
    reasons: tuple[str, ...] = ()
    features: dict[str, str] = Field(default_factory=dict)
    by_staff: bool = False
    asked_again: int = 0


class QuotaFit(Model):
    """A quota beside what the panel has.

    `population_share` (0 to 1) is there where quotas follow the population: how many of the people
    here have the value. `raised_times`: it is wanted so many times that share, on purpose.
    """

    feature: str
    value: str
    min: int
    max: int
    selected: int
    population_share: float | None = None
    raised_times: float | None = None


class Shortfall(Model):
    """A quota, or the places (feature `places`), that cannot be met, and by how many people."""

    feature: str
    value: str
    wanted: int
    available: int
    sentence: str


class Evenness(Model):
    """How evenly a draw spread the chances (0 to 1).

    `even` is what everybody had, were there no quotas. Gini's coefficient is 0 where all are alike.
    `unanswered` says what the quotas force on people who did not answer: a sentence for a feature.
    """

    even: float
    minimum: float
    gini: float
    geometric_mean: float
    unanswered: tuple[str, ...] = ()


class Followed(Model):
    """A change about one person that staff asked for, by its sequence: the draw went by it."""

    participant_id: UUID
    sequence: int


class MatchState(Model):
    """Who was selected for an engagement, and why.

    The same pool and seed, and the same changes by staff, give the same panel.

    `draw_id` is a hash of the draw; with `evenness` it is there when there was a lot.
    """

    match_id: UUID
    engagement_id: UUID
    engagement_reference: str
    title: str
    partner: str
    status: MatchStatus
    places: int
    seed: int
    eligible: int
    steps: tuple[Step, ...] = ()
    panel: tuple[Member, ...] = ()
    reserves: tuple[Member, ...] = ()
    quotas: tuple[QuotaFit, ...] = ()
    unmet: tuple[Shortfall, ...] = ()
    evenness: Evenness | None = None
    draw_id: str = ""
    followed: tuple[Followed, ...] = ()


class DrawState(Model):
    """The record of a draw that was approved: it names nobody, and anybody can verify it.

    `record` has the pool by type, the panels with their weights, the seed, and which panel it drew,
    in the form that `wlc match verify` reads.
    """

    match_id: UUID
    engagement_id: UUID
    engagement_reference: str
    title: str
    partner: str
    record: dict[str, Any]


class DecisionReason(StrEnum):
    """Why a panel was approved or sent back; nothing else is ever said about it.

    For approving: `meets_targets`, `best_possible`, `partner_agreed`, `time_presses`. For sending
    back: `not_balanced`, `too_few`, `wrong_people`, `engagement_changes`, `partner_asked`.
    """

    MEETS_TARGETS = "meets_targets"
    BEST_POSSIBLE = "best_possible"
    PARTNER_AGREED = "partner_agreed"
    TIME_PRESSES = "time_presses"
    NOT_BALANCED = "not_balanced"
    TOO_FEW = "too_few"
    WRONG_PEOPLE = "wrong_people"
    ENGAGEMENT_CHANGES = "engagement_changes"
    PARTNER_ASKED = "partner_asked"


class MatchDecision(Model):
    """What staff decided, on the match as they saw it; `by` is an account, or `automatic`.

    `decided_at` is when they did: the event may leave later, as long as they can undo it.
    """

    match: MatchState
    match_sequence: int
    by: str
    draw_again: bool = False
    reason: DecisionReason | None = None
    decided_at: datetime | None = None


class PersonChange(StrEnum):
    """What staff want of one person in the next draw; the newest counts.

    `pin`: on the panel, not by lot. `exclude`: not drawn for this engagement. `ask_again`: back in
    the draw, as anybody, also when they said no or did not answer; it undoes the other two.
    """

    PIN = "pin"
    EXCLUDE = "exclude"
    ASK_AGAIN = "ask_again"


class ExclusionReason(StrEnum):
    """Why somebody is not to be drawn for an engagement; nothing else is ever said about it."""

    CONFLICT_OF_INTEREST = "conflict_of_interest"
    ALREADY_INVOLVED = "already_involved"
    NOT_NOW = "not_now"
    SAFETY = "safety"


class MatchChange(Model):
    """What staff want changed about one person, on the match as they saw it.

    `reason` is given for an exclusion. `asked` is how often the person had been invited as staff
    saw it: what they gave up later stands.
    """

    match_id: UUID
    engagement_id: UUID
    participant_id: UUID
    change: PersonChange
    reason: ExclusionReason | None = None
    asked: int = 0
    by: str
    match_sequence: int


class MatchProposed(Event):
    """A panel is drawn and waits for a decision."""

    TYPE: ClassVar[str] = "wlc.match.proposed.v1"
    data: MatchState


class MatchFellShort(Event):
    """No panel meets what was asked; the best that could be done is shown."""

    TYPE: ClassVar[str] = "wlc.match.fell_short.v1"
    data: MatchState


class MatchCancelled(Event):
    """The engagement was called off."""

    TYPE: ClassVar[str] = "wlc.match.cancelled.v1"
    data: MatchState


class MatchApproved(Event):
    """Staff (or the engagement's own rule) approved a panel. Subject: the match."""

    TYPE: ClassVar[str] = "wlc.match.approved.v1"
    data: MatchDecision


class MatchSentBack(Event):
    """Staff sent a panel back, to be drawn again with a new seed or to rest."""

    TYPE: ClassVar[str] = "wlc.match.sent_back.v1"
    data: MatchDecision


class AnnouncedDraw(Model):
    """What is told before a draw: SHA-256 of the nonce that its seed will be made of.

    The record of the draw has the nonce, so that everybody sees that it was settled beforehand.
    """

    match_id: UUID
    engagement_id: UUID
    commitment: str


class MatchDrawAnnounced(Event):
    """The seed of a draw to come is settled. Subject: the announcement."""

    TYPE: ClassVar[str] = "wlc.match.draw_announced.v1"
    data: AnnouncedDraw


class MatchDrawRecorded(Event):
    """A draw was approved: this is how it was made. Subject: the draw."""

    TYPE: ClassVar[str] = "wlc.match.draw_recorded.v1"
    data: DrawState


class MatchChangeRequested(Event):
    """Staff want a person pinned, left out or put back in the draw. Subject: them in that match."""

    TYPE: ClassVar[str] = "wlc.match.change_requested.v1"
    data: MatchChange
