"""Messages: what is told whom, what became of it, and when it is no longer worth telling."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5

from services.notification.domain.parcels import HandedOver
from services.notification.domain.people import ENGLISH, Channel, Participant, Standing
from services.notification.domain.subjects import Invitation, Match, Session

NAMESPACE = UUID("5a0f4bb2-7f0c-5f0e-9d0a-6f1d7f5a2c11")
PERHAPS_TAKEN = "perhaps-taken"
"""The error code of what is not worth telling any more, and nobody knows whether it was told."""

TRIES_WITHOUT_CONTACT = 12
"""How often a missing contact card is waited for (about an hour) before staff are told."""


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
    DETAILS_LINK = "details-link"
    CALL_ME = "call-me"
    TRANSLATE = "translate"
    SECOND_TRY = "second-try"
    NO_ANSWER = "no-answer"
    GOODBYE = "goodbye"
    STAFF_MATCH = "staff-match"
    STAFF_SHORT = "staff-short"
    STAFF_UNSCHEDULED = "staff-unscheduled"
    STAFF_MISSING = "staff-missing"
    STAFF_AT_RISK = "staff-at-risk"
    STAFF_DIGEST = "staff-digest"


class Status(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    TO_CALL = "to_call"


FOLLOW_UPS = frozenset({Kind.CHANGED, Kind.EXPIRED, Kind.CANCELLED})
"""What only makes sense to a person who heard of the invitation before."""


CONFIRMATIONS = frozenset({Kind.ACCEPTED, Kind.DECLINED, Kind.ANOTHER_TIME})
"""What repeats the person's own answer to them."""


ONLY_CALLED = frozenset({Kind.CALL_ME, Kind.NO_ANSWER, Kind.TRANSLATE})
"""What staff ring about, however the person is written to otherwise."""

ABOUT_SILENCE = frozenset({Kind.SECOND_TRY, Kind.NO_ANSWER})
"""What is of use only while a person has not answered."""

NEWS = frozenset({Kind.DECLINED, Kind.ANOTHER_TIME, Kind.EXPIRED, Kind.NEEDS})
"""What is good to know, and changes nothing about where to be, when, and with whom."""

GATHERED = frozenset({Kind.CHANGED})
"""What waits a moment, so that several within minutes are one message: only the newest is told."""

URGENT_FOR_STAFF = frozenset(
    {Kind.STAFF_UNSCHEDULED, Kind.STAFF_MISSING, Kind.STAFF_AT_RISK, Kind.STAFF_DIGEST}
)
"""What staff hear of at once, however their other news are gathered."""

TOLD = frozenset({Status.SENT, Status.DELIVERED, Status.TO_CALL})
"""Where a message stands of which the person heard, or is to be rung about."""

HEARD = frozenset({Kind.NEEDS, Kind.CALL_ME})
"""What answers something that a person said of themselves, wherever their invitation stands."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one person, or the staff of a hub. Holds ids; the text is made anew.

    `starts_at` is when the session begins of which it reminds. `due_by`: until when it is of use,
    as a call. `asked` counts how often the invitation was made by then. `instead_of` is the message
    that did not reach the person, `tried` the channels that did not. `handing_to` is the provider
    that may have it already, `passed_by` are those that never take a message of this kind.
    `tried_since`: when it was first tried, of what was late by then. `perhaps_told`: an attempt
    ended, and nobody knows whether a mail server took it.
    `provider` took it at `handed_at`, and calls it `provider_reference`; it went to the contacts of
    `contact_sequence`. Changes told together have waited `since` the first of them.
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
    instead_of: str | None = None
    tried: tuple[Channel, ...] = ()
    handing_to: str | None = None
    passed_by: tuple[str, ...] = ()
    tried_since: datetime | None = None
    perhaps_told: bool = False
    provider: str | None = None
    provider_reference: str | None = None
    handed_at: datetime | None = None
    contact_sequence: int = 0
    language: str = ENGLISH
    since: datetime | None = None
    version: int = 0

    @property
    def is_of_a_later_draw(self) -> bool:
        """Whether a match that it is about was drawn before: the first draw has sequence 1."""
        return self.sequence > 1

    @property
    def is_gathered_for_staff(self) -> bool:
        """Whether staff who have a digest read it there."""
        return self.participant_id is None and self.kind not in URGENT_FOR_STAFF

    def settled(
        self, status: Status, channel: Channel, at: datetime, error_code: str | None = None
    ) -> Self:
        """Return the message with what became of it."""
        return replace(self, status=status, channel=channel, at=at, error_code=error_code)

    def taken(self, channel: Channel, at: datetime, handed: HandedOver) -> Self:
        """Return the message as handed over."""
        return replace(
            self.settled(Status.SENT, channel, at),
            handed_at=at,
            provider=handed.provider,
            provider_reference=handed.reference,
        )

    def by(self, channel: Channel) -> Self:
        """Return the message as one to go by a channel, that no provider of another one has."""
        if channel is self.channel:
            return self
        return replace(self, channel=channel, handing_to=None, passed_by=())

    def instead(self, at: datetime, *gone: Channel) -> Self:
        """Return what is to reach the person in its place, by none of the channels that are gone.

        Whatever says that the message did not reach them, and however often, it is one.
        """
        following = replace(
            self,
            id=message_id(self.id, Channel.CALL, self.participant_id or ""),
            at=at,
            status=Status.QUEUED,
            error_code=None,
            instead_of=self.id,
            tried=(*self.tried, *gone),
        )
        return following.untried()

    def to_translate(self, language: str) -> Self:
        """Return the task for staff to say it to the person in their own language."""
        task = replace(
            self,
            id=message_id(self.caused_by, Kind.TRANSLATE, self.participant_id or ""),
            kind=Kind.TRANSLATE,
            language=language,
            instead_of=None,
            tried=(),
        )
        return task.untried()

    def call_about_silence(self) -> Self:
        """Return the one task to ring the person who has not answered this asking."""
        call = replace(
            self,
            id=silence_id(self.invitation_id or "", self.asked, self.participant_id or ""),
            kind=Kind.NO_ANSWER,
        )
        return call.untried()

    def untried(self) -> Self:
        """Return it as a new message, that nobody has or passed by."""
        return replace(
            self,
            handing_to=None,
            passed_by=(),
            tried_since=None,
            perhaps_told=False,
            provider=None,
            provider_reference=None,
            handed_at=None,
            version=0,
        )

    def is_wanted_by(self, participant: Participant) -> bool:
        """Whether the person may still be told this: who left gets at most the goodbye."""
        if self.kind is Kind.GOODBYE:
            return participant.standing is Standing.LEFT
        return participant.standing is Standing.ACTIVE

    def is_news(self, invitation: Invitation | None) -> bool:
        """Whether a person may do without it; that a place is gone is no news of that kind."""
        return self.kind in NEWS and not (invitation and invitation.place_gone)

    @property
    def is_timed(self) -> bool:
        """Whether it comes at a time that was chosen for it."""
        return self.kind is Kind.REMINDER

    def of_use_until(self, invitation: Invitation | None) -> datetime | None:
        """Return until when it is of use: to answer, else the first session that is ahead of it."""
        if self.starts_at or invitation is None:
            return self.due_by if self.kind is Kind.DETAILS_LINK else self.starts_at
        if invitation.answer == "invited":
            return invitation.answer_by
        ahead = [each.starts_at for each in invitation.sessions if each.starts_at > self.at]
        return min(ahead, default=None)

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

    def is_earlier_than(self, other: "Message") -> bool:
        """Whether it told, or is to tell, of an earlier state of the same invitation."""
        return self.sequence < other.sequence and self.kind not in HEARD

    @property
    def is_watched(self) -> bool:
        """Whether more may be heard of it: a letter that was posted may come back."""
        may_come_back = self.status is Status.DELIVERED and self.channel is Channel.LETTER
        return self.status is Status.SENT or may_come_back

    @property
    def was_told(self) -> bool:
        """Whether the person heard of it, is rung about it, or perhaps got it all the same."""
        return self.status in TOLD or self.error_code == PERHAPS_TAKEN

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
