"""Messages: what is told whom, what became of it, and when it is no longer worth telling."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5

from services.notification.domain.people import Channel, Participant, Standing
from services.notification.domain.subjects import Invitation, Match, Session
from shared.errors import AppError

NAMESPACE = UUID("5a0f4bb2-7f0c-5f0e-9d0a-6f1d7f5a2c11")
TRIES_WITHOUT_CONTACT = 12
"""How often a missing contact card is waited for (about an hour) before staff are told."""


class RefusedError(AppError):
    """The mail server will not take this message for this address, now or later."""

    code = "mail-refused"


class Kind(StrEnum):
    """What a message says."""

    INVITATION = "invitation"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CHANGED = "changed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    ANOTHER_TIME = "another-time"
    NEEDS = "needs"
    CALL_ME = "call-me"
    SECOND_TRY = "second-try"
    NO_ANSWER = "no-answer"
    GOODBYE = "goodbye"
    STAFF_MATCH = "staff-match"
    STAFF_SHORT = "staff-short"
    STAFF_UNSCHEDULED = "staff-unscheduled"
    STAFF_MISSING = "staff-missing"
    STAFF_AT_RISK = "staff-at-risk"


FOLLOW_UPS = frozenset({Kind.CHANGED, Kind.EXPIRED, Kind.CANCELLED})
"""What only makes sense to a person who heard of the invitation before."""


CONFIRMATIONS = frozenset({Kind.ACCEPTED, Kind.DECLINED, Kind.ANOTHER_TIME})
"""What repeats the person's own answer to them."""


ONLY_CALLED = frozenset({Kind.CALL_ME, Kind.NO_ANSWER})
"""What staff ring about, however the person is written to otherwise."""

ABOUT_SILENCE = frozenset({Kind.SECOND_TRY, Kind.NO_ANSWER})
"""What is of use only while a person has not answered."""

HEARD = frozenset({Kind.NEEDS, Kind.CALL_ME})
"""What answers something that a person said of themselves, wherever their invitation stands."""


class Status(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    TO_CALL = "to_call"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one person, or the staff of a hub. Holds ids; the text is made anew.

    `starts_at` is when the session begins of which it reminds. `due_by`: until when it is of use,
    as a call. `asked` counts how often the invitation was made by then.
    """

    id: str
    kind: Kind
    hub: str
    caused_by: str
    correlation_id: str
    at: datetime
    sequence: int = 0
    participant_id: str | None = None
    invitation_id: str | None = None
    engagement_id: str | None = None
    match_id: str | None = None
    session_id: str | None = None
    starts_at: datetime | None = None
    due_by: datetime | None = None
    asked: int = 1
    status: Status = Status.QUEUED
    channel: Channel = Channel.EMAIL
    error_code: str | None = None
    version: int = 0

    @property
    def is_of_a_later_draw(self) -> bool:
        """Whether a match that it is about was drawn before: the first draw has sequence 1."""
        return self.sequence > 1

    def settled(
        self, status: Status, channel: Channel, at: datetime, error_code: str | None = None
    ) -> Self:
        """Return the message with what became of it."""
        return replace(self, status=status, channel=channel, at=at, error_code=error_code)

    def call_instead(self) -> Self:
        """Return the task to ring the person whom this message could not reach."""
        return replace(
            self,
            id=message_id(self.id, Channel.CALL, self.participant_id or ""),
            status=Status.QUEUED,
            error_code=None,
            version=0,
        )

    def call_about_silence(self) -> Self:
        """Return the one task to ring the person who has not answered this asking."""
        return replace(
            self,
            id=silence_id(self.invitation_id or "", self.asked, self.participant_id or ""),
            kind=Kind.NO_ANSWER,
            version=0,
        )

    def is_wanted_by(self, participant: Participant) -> bool:
        """Whether the person may still be told this: who left gets at most the goodbye."""
        if self.kind is Kind.GOODBYE:
            return participant.standing is Standing.LEFT
        return participant.standing is Standing.ACTIVE

    def still_holds(self, invitation: Invitation, now: datetime) -> bool:
        """Whether it is the newest news of the invitation; a reminder: whether they still come.

        Every other message shows the invitation as it stands, so an older one adds nothing.
        """
        if self.kind in HEARD:
            return True
        if self.kind in ABOUT_SILENCE:
            return invitation.answer == "invited" and now < invitation.answer_by
        if self.kind is not Kind.REMINDER:
            return self.sequence == invitation.sequence
        return invitation.answer == "accepted" and any(
            session.id == self.session_id
            and session.starts_at > now
            and self.starts_at in {None, session.starts_at}
            for session in invitation.sessions
        )

    def is_followed_by(self, other: "Message") -> bool:
        """Whether the other tells the same kind of news later; never both of each other."""
        return self.kind is other.kind and (self.at, self.id) < (other.at, other.id)

    def still_concerns(self, subject: Match | Session) -> bool:
        """Whether staff still have something to do about it."""
        if isinstance(subject, Match):
            wanted = "proposed" if self.kind is Kind.STAFF_MATCH else "short"
            return subject.status == wanted
        if self.kind is Kind.STAFF_UNSCHEDULED:
            return subject.status == "unscheduled"
        if self.kind is Kind.STAFF_AT_RISK:
            return subject.status == "announced" and subject.at_risk
        return subject.status == "announced" and bool(subject.missing or subject.reasons)


def message_id(cause: str, kind: str, recipient: str) -> str:
    """Name a message by what it tells whom: the same news twice is one message."""
    return str(uuid5(NAMESPACE, f"{cause} {kind} {recipient}"))


def silence_id(invitation_id: str, asked: int, participant_id: str) -> str:
    """Name the call about one asking that was not answered: whatever leads to it, it is one."""
    return message_id(f"{invitation_id} {asked}", Kind.NO_ANSWER, participant_id)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message at the moment of writing it, with what it says now. Never stored.

    `given_up` are the invitations that a goodbye ends.
    """

    message: Message
    kind: Kind
    participant: Participant
    invitation: Invitation | None
    given_up: tuple[Invitation, ...] = ()

    @property
    def in_calendar(self) -> tuple[Invitation, ...]:
        """The invitations whose sessions come into the person's calendar, or out of it."""
        return (self.invitation,) if self.invitation else self.given_up

    @property
    def was_said_by_phone(self) -> bool:
        """Whether staff said it to the person when they took the answer: no call is needed."""
        by_phone = self.invitation is not None and self.invitation.by_phone
        return by_phone and self.kind in CONFIRMATIONS

    @property
    def reference(self) -> str | None:
        """The publisher's own id of the person."""
        return (
            self.invitation.participant_reference
            if self.invitation
            else (self.participant.reference)
        )
