"""What the use cases need of the world around them."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Protocol, TypeVar

from services.notification.domain import (
    Addressee,
    Contact,
    Invitation,
    Letter,
    Match,
    Message,
    Participant,
    SealedCard,
    Session,
)
from shared.changes import Put, Remove

E = TypeVar("E")


class Entities(Protocol[E]):
    """Stored entities of one kind: read here, changed by the changes a use case returns."""

    async def get(self, entity_id: str, /) -> E | None: ...
    def keep(self, entity: E, /) -> Put: ...
    def drop(self, entity: E, /) -> Remove: ...


class Invitations(Entities[Invitation], Protocol):
    """Invitations, found by person."""

    async def of_participant(self, participant_id: str) -> Sequence[Invitation]: ...


class Messages(Entities[Message], Protocol):
    """Messages, found by whom or what they concern."""

    async def queued_for(self, participant_id: str) -> Sequence[Message]: ...
    async def about_invitation(self, invitation_id: str) -> Sequence[Message]: ...
    async def queued_about_match(self, match_id: str) -> Sequence[Message]: ...


class Records(Protocol):
    """All that this service keeps."""

    @property
    def participants(self) -> Entities[Participant]: ...
    @property
    def contacts(self) -> Entities[Contact]: ...
    @property
    def invitations(self) -> Invitations: ...
    @property
    def matches(self) -> Entities[Match]: ...
    @property
    def sessions(self) -> Entities[Session]: ...
    @property
    def messages(self) -> Messages: ...


class Addresses(Protocol):
    """Opens contact cards, at the moment of writing."""

    async def addressee(self, participant: Participant, card: SealedCard) -> Addressee | None:
        """Return how to write to the person; None when they have no e-mail address.

        Raises NotFoundError when their key is forgotten, and UnavailableError.
        """
        ...

    async def channels(self, participant: Participant, card: SealedCard) -> frozenset[str]:
        """Return by which channels the person can be reached at all. Raises the same."""
        ...


class Composer(Protocol):
    """Writes the e-mail of a message. The same message always has the same Message-ID."""

    def to_participant(self, letter: Letter, to: Addressee) -> EmailMessage: ...

    def to_staff(self, message: Message, subject: Match | Session) -> EmailMessage | None:
        """Return None when no address is known for the hub's staff."""
        ...


class Mailer(Protocol):
    """Hands e-mails over for delivery."""

    async def send(self, mail: EmailMessage) -> None:
        """Return when the server took it. Raises RefusedError (for good) and UnavailableError."""
        ...
