"""Notification's ports in memory."""

from collections.abc import Sequence
from email.message import EmailMessage

from services.notification.domain import (
    Addressee,
    Contact,
    Invitation,
    Match,
    Message,
    Participant,
    RefusedError,
    SealedCard,
    Session,
    Status,
)
from shared.errors import NotFoundError, UnavailableError
from tests.fakes.store import InMemoryCollection, InMemoryStore


class InMemoryInvitations(InMemoryCollection[Invitation]):
    """See ports.Invitations."""

    async def of_participant(self, participant_id: str) -> Sequence[Invitation]:
        return await self.where(lambda found: found.participant_id == participant_id)


class InMemoryMessages(InMemoryCollection[Message]):
    """See ports.Messages."""

    async def queued_for(self, participant_id: str) -> Sequence[Message]:
        return await self.where(
            lambda found: found.participant_id == participant_id and found.status is Status.QUEUED
        )

    async def about_invitation(self, invitation_id: str) -> Sequence[Message]:
        return await self.where(lambda found: found.invitation_id == invitation_id)

    async def queued_about_match(self, match_id: str) -> Sequence[Message]:
        return await self.where(
            lambda found: found.match_id == match_id and found.status is Status.QUEUED
        )


class InMemoryRecords(InMemoryStore):
    """See ports.Records; commits what a use case wants changed."""

    def __init__(self) -> None:
        self.participants = InMemoryCollection[Participant]("participants")
        self.contacts = InMemoryCollection[Contact]("contacts")
        self.invitations = InMemoryInvitations("invitations")
        self.matches = InMemoryCollection[Match]("matches")
        self.sessions = InMemoryCollection[Session]("sessions")
        self.messages = InMemoryMessages("messages")
        super().__init__(
            self.participants,
            self.contacts,
            self.invitations,
            self.matches,
            self.sessions,
            self.messages,
        )


class InMemoryAddresses:
    """See ports.Addresses; a card is "sealed" with the address as its ciphertext."""

    def __init__(self) -> None:
        self.forgotten: set[str] = set()
        self.others: dict[str, tuple[str, ...]] = {}

    async def addressee(self, participant: Participant, card: SealedCard) -> Addressee | None:
        if participant.id in self.forgotten:
            raise NotFoundError("the person's key is forgotten")
        if not card.ciphertext:
            return None
        return Addressee(card.ciphertext, "Asha", participant.point_size)

    async def channels(self, participant: Participant, card: SealedCard) -> frozenset[str]:
        email = await self.addressee(participant, card)
        return frozenset({"email"} if email else ()) | {*self.others.get(participant.id, ())}


class InMemoryMailer:
    """See ports.Mailer."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.is_away = False

    async def send(self, mail: EmailMessage) -> None:
        if self.is_away:
            raise UnavailableError("the mail server did not take the message")
        if mail["To"] in self.refused:
            raise RefusedError("the mail server refused the message")
        self.sent.append(mail)

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.sent]
