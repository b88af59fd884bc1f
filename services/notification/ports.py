"""What the use cases need of the world around them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol, TypeVar

from services.notification.domain import (
    About,
    Addressee,
    Contact,
    Film,
    HandedOver,
    Invitation,
    Kind,
    Letter,
    Match,
    Message,
    Parcel,
    Participant,
    PostalLetter,
    Receipt,
    SealedCard,
    Session,
    TextMessage,
)
from shared.changes import Put, Remove
from shared.contracts.previews import PreviewRequest, PreviewState

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
    async def all_for(self, participant_id: str) -> Sequence[Message]: ...
    async def about_invitation(self, invitation_id: str) -> Sequence[Message]: ...
    async def about_match(self, match_id: str) -> Sequence[Message]: ...
    async def queued_for_staff(self, hub: str) -> Sequence[Message]: ...

    async def handed_over_as(self, reference: str) -> Sequence[Message]:
        """Return what a provider calls by this id: of a digest, all that it told."""
        ...

    async def sent_to(self, participant_id: str, since: datetime) -> Mapping[str, datetime]:
        """Return when something was handed over for the person since then."""
        ...

    async def how_many_sent(self, hub: str, since: datetime, at_most: int) -> int:
        """Count what was handed over for a hub since then, up to a number, as of a second ago."""
        ...


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
    @property
    def films(self) -> Entities[Film]: ...


class Addresses(Protocol):
    """Opens contact cards, at the moment of writing."""

    async def addressee(self, participant: Participant, card: SealedCard) -> Addressee:
        """Return how to write to the person.

        Raises NotFoundError when their key is forgotten, and UnavailableError.
        """
        ...


class Composer(Protocol):
    """Writes messages, in the format and the language that a person can read.

    The same message always has the same Message-ID. What has no reviewed translation is written in
    English; nothing is translated by a machine. Raises RefusedError for an address that is none.
    """

    def is_translated(self, kind: Kind, language: str) -> bool:
        """Tell whether everything that a message of this kind says has a reviewed translation."""
        ...

    def email(self, letter: Letter, to: Addressee) -> EmailMessage: ...

    def text_message(self, letter: Letter, to: Addressee) -> TextMessage: ...

    def postal(self, letter: Letter, to: Addressee) -> PostalLetter:
        """Return it as PDF, as Braille file or as script for a recording, by the format."""
        ...

    def script(self, letter: Letter) -> str:
        """Return what staff say on the telephone; it names nobody."""
        ...

    def to_staff(self, message: Message, subject: Match | Session) -> EmailMessage | None:
        """Return None when no address is known for the hub's staff."""
        ...

    def to_staff_digest(
        self, hub: str, items: Sequence[tuple[Message, Match | Session]], *, key: str
    ) -> EmailMessage | None:
        """Return several pieces of news as one, whose Message-ID is made of the key.

        None when no address is known for the hub's staff, or there is no news.
        """
        ...


class Previews(Protocol):
    """Writes what staff want to see before it is sent."""

    def preview(self, wanted: PreviewRequest, hub: str, about: About) -> PreviewState: ...


class StaffHook(Protocol):
    """Tells a hub's own system what its staff are to hear; nothing in it names a person."""

    async def tell(self, message: Message, subject: Match | Session) -> HandedOver | None:
        """Return None where the hub has no such system. Raises RefusedError, UnavailableError."""
        ...


class Keepsakes(Protocol):
    """Where messages lie in the clear after they were handed over, on a disk of ours."""

    async def forget(self, message_ids: Collection[str]) -> int:
        """Delete what was written of these messages; return how many files went.

        Done twice, it finds nothing. Raises UnavailableError.
        """
        ...

    @property
    def called(self) -> str:
        """What the figures call it."""
        ...

    async def drop_old(self) -> int:
        """Delete what has lain there for its time; return how many files went.

        Raises UnavailableError.
        """
        ...


class Mailer(Protocol):
    """Hands e-mails over for delivery."""

    async def send(self, mail: EmailMessage) -> HandedOver:
        """Return when a server took it. Raises RefusedError (for good) and UnavailableError."""
        ...


class Carrier(Protocol):
    """One provider of text messages or letters."""

    @property
    def name(self) -> str: ...

    async def find(self, key: str) -> HandedOver | None:
        """Return what was handed over under this key before, None when nothing was.

        Raises UnavailableError.
        """
        ...

    async def hand_over(self, parcel: Parcel) -> HandedOver:
        """Return when the provider took it; nothing of the key has been handed over before.

        Raises RefusedError (for good), NotReachedError (it certainly has nothing of it) and
        UnavailableError (it may have taken it: it is to be asked).
        """
        ...

    async def receipt(self, reference: str) -> Receipt:
        """Tell what became of what it took. Raises UnavailableError."""
        ...


class Carriers(Protocol):
    """The providers of one channel."""

    def in_order(self) -> Sequence[Carrier]:
        """Return all, those first that took what they were given lately."""
        ...

    def named(self, name: str, /) -> Carrier | None: ...

    def is_resting(self, name: str, /) -> bool:
        """Tell whether it took nothing of late, and another is to be tried."""
        ...
