"""Notification's ports in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage

from services.notification.domain import (
    Addressee,
    Contact,
    Film,
    HandedOver,
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

MOBILE = "+447700900123"
ADDRESS = ("12 Mattock Lane", "London", "W13 9LA")


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

    async def all_for(self, participant_id: str) -> Sequence[Message]:
        return await self.where(lambda found: found.participant_id == participant_id)

    async def about_invitation(self, invitation_id: str) -> Sequence[Message]:
        return await self.where(lambda found: found.invitation_id == invitation_id)

    async def about_match(self, match_id: str) -> Sequence[Message]:
        return await self.where(lambda found: found.match_id == match_id)

    async def queued_for_staff(self, hub: str) -> Sequence[Message]:
        return await self.where(
            lambda found: (
                found.hub == hub and found.participant_id is None and found.status is Status.QUEUED
            )
        )

    async def sent_to(self, participant_id: str, since: datetime) -> Mapping[str, datetime]:
        found = await self.where(
            lambda each: (
                each.participant_id == participant_id
                and each.handed_at is not None
                and each.handed_at > since
            )
        )
        return {each.id: each.handed_at for each in found if each.handed_at}

    async def handed_over_as(self, reference: str) -> Sequence[Message]:
        return await self.where(lambda each: each.provider_reference == reference)

    async def how_many_sent(self, hub: str, since: datetime, at_most: int) -> int:
        found = await self.where(
            lambda each: each.hub == hub and each.handed_at is not None and each.handed_at > since
        )
        return min(len(found), at_most)


class InMemoryRecords(InMemoryStore):
    """See ports.Records; commits what a use case wants changed."""

    def __init__(self) -> None:
        self.participants = InMemoryCollection[Participant]("participants")
        self.contacts = InMemoryCollection[Contact]("contacts")
        self.invitations = InMemoryInvitations("invitations")
        self.matches = InMemoryCollection[Match]("matches")
        self.sessions = InMemoryCollection[Session]("sessions")
        self.messages = InMemoryMessages("messages")
        self.films = InMemoryCollection[Film]("films")
        super().__init__(
            self.participants,
            self.contacts,
            self.invitations,
            self.matches,
            self.sessions,
            self.messages,
            self.films,
        )


class InMemoryKeepsakes:
    """See ports.Keepsakes; the files that lie there, by message."""

    def __init__(self, *message_ids: str) -> None:
        self.files = list(message_ids)

    async def forget(self, message_ids: Collection[str]) -> int:
        gone = [each for each in self.files if each in message_ids]
        self.files = [each for each in self.files if each not in message_ids]
        return len(gone)


class InMemoryAddresses:
    """See ports.Addresses; a card is "sealed" with the e-mail address as its ciphertext."""

    def __init__(self) -> None:
        self.forgotten: set[str] = set()
        self.others: dict[str, tuple[str, ...]] = {}

    async def addressee(self, participant: Participant, card: SealedCard) -> Addressee:
        if participant.id in self.forgotten:
            raise NotFoundError("the person's key is forgotten")
        others = self.others.get(participant.id, ())
        return Addressee(
            address_as="Asha",
            display_name="Asha Ali",
            email=card.ciphertext or None,
            mobile=MOBILE if "sms" in others else None,
            address=ADDRESS if "letter" in others else (),
            has_phone="phone" in others,
        )


class InMemoryMailer:
    """See ports.Mailer."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.is_away = False

    async def send(self, mail: EmailMessage) -> HandedOver:
        if self.is_away:
            raise UnavailableError("the mail server did not take the message")
        if mail["To"] in self.refused:
            raise RefusedError("the mail server refused the message")
        self.sent.append(mail)
        return HandedOver("smtp", str(mail["Message-ID"]).strip("<").partition("@")[0])

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.sent]


class InMemoryHook:
    """See ports.StaffHook; tells nobody unless a hub is named."""

    def __init__(self) -> None:
        self.hubs: set[str] = set()
        self.told: list[Message] = []
        self.is_away = False
        self.refuses = False

    async def tell(self, message: Message, _subject: Match | Session) -> HandedOver | None:
        if message.hub not in self.hubs:
            return None
        if self.is_away:
            raise UnavailableError("the hub's own system does not answer")
        if self.refuses:
            raise RefusedError("the hub's own system refused it")
        self.told.append(message)
        return HandedOver("hook", message.id)
