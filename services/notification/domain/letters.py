"""A message at the moment of writing it, with what it says now. Never stored."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.notification.domain.messages import CONFIRMATIONS, Kind, Message
from services.notification.domain.people import Channel, Participant
from services.notification.domain.subjects import Invitation, InvitedSession, Match, Session


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to a participant. `given_up` are the invitations that a goodbye ends.

    `film` is where the film in sign language is that says what the engagement is about; by
    `unreachable` channels nothing arrives.
    """

    message: Message
    kind: Kind
    participant: Participant
    invitation: Invitation | None
    given_up: tuple[Invitation, ...] = ()
    film: str | None = None
    unreachable: tuple[Channel, ...] = ()

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
        if self.invitation:
            return self.invitation.participant_reference
        return self.participant.reference

    @property
    def has_page(self) -> bool:
        """Whether its link opens a page of the person's own."""
        return self.message.invitation_id is not None or self.kind is Kind.DETAILS_LINK

    def is_past(self, now: datetime) -> bool:
        """Whether the link to the person's details that it brings would open nothing any more."""
        due_by = self.message.due_by
        return self.kind is Kind.DETAILS_LINK and due_by is not None and due_by <= now

    @property
    def is_discreet(self) -> bool:
        """Whether it must not tell who sees it what it is about."""
        return self.participant.preference.discreet

    @property
    def due_session(self) -> InvitedSession | None:
        """The session that it reminds of."""
        sessions = self.invitation.sessions if self.invitation else ()
        return next((each for each in sessions if each.id == self.message.session_id), None)

    def about(self, message: Message) -> Self:
        """Return the letter of another message about the same."""
        is_same = message.kind is self.message.kind
        return replace(self, message=message, kind=self.kind if is_same else message.kind)

    def in_language(self, language: str) -> Self:
        """Return it as written in another language than the person's own."""
        return replace(self, participant=replace(self.participant, language=language))


About = Invitation | Match | Session | None
"""What a message that staff look at beforehand is about."""
