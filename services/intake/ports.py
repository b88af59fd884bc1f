"""What intake's use cases need of the world."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.intake.domain.consents import Line
from services.intake.domain.engagements import (
    Attendance,
    Engagement,
    Feedback,
    Outcome,
    Session,
)
from services.intake.domain.erasures import ErasureCase
from services.intake.domain.people import Participant, Sealed
from services.intake.domain.places import Spot
from services.intake.domain.publishers import Publisher, PublisherRecord
from services.intake.domain.submissions import Quarantined, Submission
from shared.changes import Put, Remove
from shared.contracts.participants import ContactCard, SealedContact
from shared.exclusions import ExclusionKey
from shared.facts import Facts
from shared.key_rotation import Masters


class Participants(Protocol):
    """People of all hubs. No handle is stored for two participants: that is a conflict."""

    async def get(self, entity_id: str) -> Participant | None: ...
    async def known_by(self, handles: Sequence[str]) -> list[Participant]: ...
    async def with_a_ledger_of_before(self) -> list[Participant]:
        """Return some whose ledger of consents lies in their own record."""
        ...

    async def of_before(self, after: str, limit: int) -> list[Participant]:
        """Return, by id, those after one of whom something lies in words, or in other digests."""
        ...

    def keep(self, entity: Participant) -> Put: ...


class Consents(Protocol):
    """The ledger of consents: lines are added, and never changed."""

    async def about(self, participant_id: str) -> Sequence[Line]: ...
    def keep(self, entity: Line) -> Put: ...


class Engagements(Protocol):
    """What partners ask for."""

    async def get(self, entity_id: str) -> Engagement | None: ...
    def keep(self, entity: Engagement) -> Put: ...


class Attendances(Protocol):
    """Who came, by session."""

    async def get(self, entity_id: str) -> Attendance | None: ...
    def keep(self, entity: Attendance) -> Put: ...


class Sessions(Protocol):
    """Whose each session is that scheduling told of."""

    async def get(self, entity_id: str) -> Session | None: ...
    def keep(self, entity: Session) -> Put: ...


class Feedbacks(Protocol):
    """What participants thought of engagements, each on its own."""

    def keep(self, entity: Feedback) -> Put: ...


class Outcomes(Protocol):
    """Figures, by engagement, measure and period."""

    async def get(self, entity_id: str) -> Outcome | None: ...
    def keep(self, entity: Outcome) -> Put: ...


class Submissions(Protocol):
    """The answers given."""

    async def get(self, entity_id: str) -> Submission | None: ...
    def keep(self, entity: Submission) -> Put: ...


class Quarantine(Protocol):
    """What was rejected, newest first in lists."""

    async def get(self, entity_id: str) -> Quarantined | None: ...
    async def sent_by(self, publisher: str, *, skip: int, limit: int) -> list[Quarantined]: ...
    async def about(self, handles: Sequence[str]) -> list[Quarantined]: ...
    def keep(self, entity: Quarantined) -> Put: ...
    def drop(self, entity: Quarantined) -> Remove: ...


class SecondLooks(Protocol):
    """Submissions that wait to be judged a second time."""

    async def given_up_about(self, handles: Sequence[str]) -> list[str]:
        """Return the digests of those given up that name a person by one of these handles."""
        ...


class ErasureCases(Protocol):
    """Who was to be forgotten, and who has done so."""

    async def get(self, entity_id: str) -> ErasureCase | None: ...
    def keep(self, entity: ErasureCase) -> Put: ...


class Places(Protocol):
    """The directory of postcodes."""

    async def find(self, postcode: str) -> Spot | None:
        """Return where a postcode (capitals, no spaces) lies; None for one that does not exist."""
        ...

    @property
    def boroughs(self) -> AbstractSet[str]:
        """The names of the London boroughs."""
        ...


class Keys(Protocol):
    """Each participant's own key. All raise UnavailableError; all may be done twice."""

    async def seal(self, participant_id: UUID, card: ContactCard) -> SealedContact: ...

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        """Return None when the key is forgotten. Raises MalformedError when it does not fit."""
        ...

    async def seal_text(self, name: str, clear: bytes) -> tuple[str, str]:
        """Return nonce and ciphertext, under the key of that name."""
        ...

    async def open_text(self, name: str, nonce: str, ciphertext: str) -> bytes | None:
        """Return None when the key is forgotten. Raises MalformedError when it does not fit."""
        ...

    async def forget(self, name: UUID | str) -> None:
        """Delete the keys of a person, or the one of that name."""
        ...


class KeyRotation(Protocol):
    """Keys under another master, and people under another key. All raise UnavailableError."""

    async def masters(self) -> Masters: ...

    async def rewrap_some(self) -> bool:
        """Wrap some keys under the current master; whether there may be more."""
        ...

    async def add_key(self, participant_id: UUID, name: str) -> bool:
        """Give a person a newer key of that name; False when they are forgotten."""
        ...

    async def drop_before(self, participant_id: UUID, name: str) -> None:
        """Delete the person's keys that are older than the one of that name."""
        ...


class Cipher(Protocol):
    """Intake's own keys: for digests that only it can make, and for what it sealed before."""

    def digest(self, kind: str, *parts: str | bytes) -> str: ...
    def open(self, sealed: Sealed, *, about: str) -> bytes: ...


class Publishers(Protocol):
    """Who may send."""

    def by_key(self, key: str) -> Publisher | None: ...
    def by_name(self, name: str) -> Publisher | None: ...
    async def until_known(self) -> None:
        """Return as soon as it is known who may. Raises UnavailableError."""
        ...


class PublisherBook(Publishers, Protocol):
    """Who may send, to be looked at and kept current. All raise UnavailableError."""

    def records(self) -> Mapping[str, PublisherRecord]: ...
    async def refresh(self) -> None:
        """Read what the operator set."""
        ...

    async def tell_uses(self) -> None:
        """Write down when keys were last used."""
        ...


class PublisherRecords(Protocol):
    """Publishers as the operator set them."""

    async def everyone(self) -> list[PublisherRecord]: ...
    def keep(self, record: PublisherRecord, /) -> Put: ...


class KeyUses(Protocol):
    """When keys were last used, by the publisher's name and the key's id."""

    async def note(self, used: Mapping[tuple[str, str], datetime], /) -> None:
        """Write these down; what is known of later stays."""
        ...

    async def last(self) -> dict[tuple[str, str], datetime]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a submission is handled with."""

    participants: Participants
    consents: Consents
    engagements: Engagements
    sessions: Sessions
    attendances: Attendances
    feedbacks: Feedbacks
    outcomes: Outcomes
    submissions: Submissions
    quarantine: Quarantine
    second_looks: SecondLooks
    erasure_cases: ErasureCases
    places: Places
    needs: AbstractSet[str]
    time_zones: AbstractSet[str]
    keys: Keys
    rotation: KeyRotation
    cipher: Cipher
    exclusions: ExclusionKey
    facts: Facts
