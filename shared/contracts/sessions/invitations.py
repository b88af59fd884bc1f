"""What scheduling says of invitations."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model
from shared.contracts.engagements import Payment
from shared.contracts.sessions.states import Answer, Venue


class InvitedSession(Model):
    """A session as an invitation shows it."""

    session_id: UUID
    calendar_sequence: int = 0
    starts_at: datetime
    ends_at: datetime
    venue: Venue


class Choice(StrEnum):
    """Drawn for the panel, drawn in reserve, or put on the panel by staff."""

    LOT = "lot"
    RESERVE = "reserve"
    STAFF = "staff"


class Chosen(Model):
    """How an invited person was chosen, as it was when they were.

    `chance` (0 to 1) is the one they had of being drawn for the panel, not in reserve; None where
    staff chose. `features` are what the quotas asked about, the same for everybody of that draw,
    and never what anybody answered. `follows_population`: the quotas followed the people here.
    """

    how: Choice
    chance: float | None = None
    features: tuple[str, ...] = ()
    follows_population: bool = False


class InvitationState(Model):
    """An offer to one person: all sessions of one engagement.

    `asked` counts how often it was offered: once, unless staff had the person asked again.
    `replaces` is the person whose place it fills, where it does. `refused_reply` is the sequence of
    the reply, a yes after a no, that came when the place was taken; 0 where none did. `by_phone`:
    the person gave this answer to staff on the telephone and knows how it stands. `issued_at`: when
    the person was asked, and `chosen` how they came to be; None where it was before that was kept.
    """

    invitation_id: UUID
    participant_id: UUID
    participant_reference: str
    engagement_id: UUID
    engagement_reference: str
    match_id: UUID
    title: str
    description: str = ""
    partner: str
    answer: Answer
    answer_by: datetime
    sessions: tuple[InvitedSession, ...]
    payment: Payment = Payment()
    replaces: UUID | None = None
    refused_reply: int = 0
    by_phone: bool = False
    issued_at: datetime | None = None
    asked: int = 1
    chosen: Chosen | None = None


class ReminderState(InvitationState):
    """An invitation with the session that is coming up."""

    due_session_id: UUID


class FollowUpStep(StrEnum):
    """What is done about silence: another way to reach the person, then a call by staff."""

    SECOND_CHANNEL = "second_channel"
    CALL = "call"


class FollowUpState(InvitationState):
    """An invitation that nobody answered yet, and what is to be done about it."""

    step: FollowUpStep


class InvitationIssued(Event):
    """A person is invited."""

    TYPE: ClassVar[str] = "wlc.invitation.issued.v1"
    data: InvitationState


class InvitationAccepted(Event):
    """A person comes."""

    TYPE: ClassVar[str] = "wlc.invitation.accepted.v1"
    data: InvitationState


class InvitationDeclined(Event):
    """A person does not come, or no longer; no reason is asked."""

    TYPE: ClassVar[str] = "wlc.invitation.declined.v1"
    data: InvitationState


class InvitationChanged(Event):
    """Time or place changed for a person who is invited or comes."""

    TYPE: ClassVar[str] = "wlc.invitation.changed.v1"
    data: InvitationState


class InvitationExpired(Event):
    """No answer came in time."""

    TYPE: ClassVar[str] = "wlc.invitation.expired.v1"
    data: InvitationState


class InvitationCancelled(Event):
    """The offer is taken back: the engagement was called off, or the person left."""

    TYPE: ClassVar[str] = "wlc.invitation.cancelled.v1"
    data: InvitationState


class InvitationReminderDue(Event):
    """It is time to remind a person of a session."""

    TYPE: ClassVar[str] = "wlc.invitation.reminder_due.v1"
    data: ReminderState


class InvitationAnotherTime(Event):
    """A person wants to come, but not then. They are asked again when the sessions move."""

    TYPE: ClassVar[str] = "wlc.invitation.another_time.v1"
    data: InvitationState


class InvitationFollowUpDue(Event):
    """A person has not answered, and is to be reached another way."""

    TYPE: ClassVar[str] = "wlc.invitation.follow_up_due.v1"
    data: FollowUpState
