"""The read models: the newest state of each aggregate, and what was done here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.console.ports.standing import Invited
from shared.contracts.engagements import EngagementState
from shared.contracts.matches import (
    AnnouncedDraw,
    DecisionReason,
    DrawState,
    MatchChange,
    MatchState,
)
from shared.contracts.messages import MessageState
from shared.contracts.participants import (
    Availability,
    Channel,
    ConsentEntry,
    ConsentGiven,
    ContactPreference,
    ParticipantStatus,
    Reference,
    ReminderTime,
    SealedContact,
)
from shared.contracts.sessions import Answer, InvitationState, SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The newest public state of an aggregate, and the event that told it.

    `at` orders a list: when a session starts, when a message was sent, else when the event was,
    which is `told_at`; None of what was kept before that was.
    """

    id: str
    hub: str
    sequence: int
    at: datetime
    event_id: str
    correlation_id: str
    told_at: datetime | None = None
    version: int = 0


class Choice(StrEnum):
    """What staff decide on a panel."""

    APPROVE = "approve"
    DRAW_AGAIN = "draw_again"
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDecision:
    """What staff decided and can still undo: nothing is told of it before `goes_at`."""

    id: str
    choice: Choice
    reason: DecisionReason | None
    by: str
    at: datetime
    goes_at: datetime


class Dropped(StrEnum):
    """Why a decision that was held never left."""

    MOVED_ON = "moved_on"
    BEING_DRAWN = "being_drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedDecision:
    """A decision that was held and never left, because the match moved on meanwhile."""

    decision: HeldDecision
    because: Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView(View):
    """A match; `decided_by` is the account that approved it or sent it back, and why and when.

    A decision that is `held` is none yet: the state is as before it.
    """

    state: MatchState
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: DecisionReason | None = None
    held: HeldDecision | None = None
    dropped: DroppedDecision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView(View):
    """The newest that staff want of one person in a match; the id is that of the two together."""

    state: MatchChange


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedView(View):
    """What was told before a draw, so that nobody could choose its seed."""

    state: AnnouncedDraw


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawView(View):
    """How the panel of a match was drawn that was approved."""

    state: DrawState


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a named member of staff wrote when they accepted that needs will not be met."""

    needs: tuple[str, ...]
    wording: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportNote:
    """Whether somebody who was booked can come, as staff noted it here; `count` is how often.

    It is of the time that the session had when its changes were counted `calendar_sequence`.
    """

    resource_id: str
    shown_as: str
    cannot_come: bool
    by: str
    count: int
    calendar_sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView(View):
    """A session with everybody's answers; `called_off_by` is who of staff asked for that here.

    `notes` counts how often staff noted here who came. `moved_by` asked that it be moved. Both are
    of the session as it stood at `called_off_at` and `moved_at` (see `stand`). `acceptances` and
    `support_notes` are what else staff did here.
    """

    state: SessionState
    called_off_by: str | None = None
    called_off_at: int | None = None
    notes: int = 0
    moved_by: str | None = None
    moved_at: tuple[int, int] | None = None
    acceptances: tuple[Acceptance, ...] = ()
    support_notes: tuple[SupportNote, ...] = ()

    @property
    def is_to_move(self) -> bool:
        """Whether staff asked that it be moved from where it is now, and no answer came yet."""
        return self.moved_at == self.stand

    @property
    def is_called_off(self) -> bool:
        """Whether staff called it off as it is now; an installation of before kept not of when."""
        at = self.called_off_at
        return self.called_off_by is not None and at in {None, self.state.calendar_sequence}

    @property
    def stand(self) -> tuple[int, int]:
        """How often its time or place changed, and how often a move of it was refused."""
        return self.state.calendar_sequence, self.state.moves_refused

    @property
    def absent_workers(self) -> list[SupportNote]:
        """Who cannot work at it at the time it has now."""
        now = self.state.calendar_sequence
        return [n for n in self.support_notes if n.cannot_come and n.calendar_sequence == now]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView(View):
    """An invitation, and what was answered here that scheduling may not have taken in yet.

    `replies` counts answers; the newest is `said`, or `left` for good. `needs` are the codes that
    the person said here they need, `needs_told` how often they said so; `call_me`: they asked to be
    rung about something else.
    """

    state: InvitationState
    replies: int = 0
    said: Answer | None = None
    left: bool = False
    needs: tuple[str, ...] = ()
    needs_told: int = 0
    call_me: bool = False

    @property
    def invited(self) -> Invited:
        """Where it stands."""
        return Invited(
            participant_id=self.state.participant_id,
            participant_reference=self.state.participant_reference,
            answer=self.said or self.state.answer,
            asked=self.state.asked,
            left=self.left,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementView(View):
    """What a partner asks people into."""

    state: EngagementState


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTry:
    """That staff rang, and nobody picked up."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView(View):
    """A message that was sent, failed, or is a call to make; `done_by` rang the person."""

    state: MessageState
    done_by: str | None = None
    tries: tuple[CallTry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView(View):
    """What staff need to know of a participant before they speak to them, and no more.

    `consents` are by purpose; they and `contact_preference` are None of who was kept before these
    were.
    """

    reference: str
    references: tuple[Reference, ...] = ()
    status: ParticipantStatus
    preferred_channel: Channel
    languages: tuple[str, ...] = ()
    interpreter: bool = False
    needs: tuple[str, ...] = ()
    consents: Mapping[str, ConsentGiven] | None = None
    consent_ledger: tuple[ConsentEntry, ...] = ()
    contact_preference: ContactPreference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesView(View):
    """When a participant can come; `given` counts how often they said so on their own page."""

    availability: Availability
    reminders: tuple[ReminderTime, ...] | None = None
    given: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView(View):
    """Name and contacts of a participant, sealed; None once they are erased."""

    sealed: SealedContact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEntry:
    """That an event happened, without what it said; `engagement_id`: that it was about it."""

    id: str
    type: str
    correlation_id: str
    causation_id: str | None
    at: datetime
    source: str
    subject: str
    hub: str
    sequence: int
    engagement_id: str | None = None
    version: int = 0
