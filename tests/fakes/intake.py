"""Intake's ports in memory."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from services.intake.domain.consents import Line
from services.intake.domain.people import Participant, StaysAwayFrom
from services.intake.domain.places import Spot
from services.intake.domain.publishers import Publisher, holder_of
from services.intake.domain.submissions import Quarantined
from services.intake.ports import Desk
from shared.changes import Put, Remove
from shared.committer import Outcome, Work
from shared.contracts.participants import ContactCard, SealedContact
from shared.errors import ConflictError, UnavailableError
from shared.key_rotation import Masters
from tests.builders.exclusions import EXCLUSIONS
from tests.fakes.store import InMemoryCollection, InMemoryStore


class InMemoryParticipants(InMemoryCollection[Participant]):
    def __init__(self, *people: Participant) -> None:
        super().__init__("participants", *people)

    async def known_by(self, handles: Sequence[str]) -> list[Participant]:
        wanted = set(handles)
        return await self.where(lambda person: not wanted.isdisjoint(person.handles))

    async def with_a_ledger_of_before(self) -> list[Participant]:
        return await self.where(lambda person: bool(person.ledger))

    async def of_before(self, after: str, limit: int) -> list[Participant]:
        found = await self.where(lambda person: person.id > after and _is_of_before(person))
        return sorted(found, key=lambda person: person.id)[:limit]

    def check(self, write: Put | Remove) -> None:
        super().check(write)
        person: Participant | None = None if isinstance(write, Remove) else write.document["entity"]
        for other in self.entities.values():
            if person and other.id != person.id and not other.handles.isdisjoint(person.handles):
                raise ConflictError("a unique value is taken")


class InMemoryConsents(InMemoryCollection[Line]):
    def __init__(self) -> None:
        super().__init__("consents")

    async def about(self, participant_id: str) -> Sequence[Line]:
        return await self.where(lambda line: line.participant_id == participant_id)

    def check(self, write: Put | Remove) -> None:
        super().check(write)
        assert write.was == 0, "a line of the ledger is never changed"


def _is_of_before(person: Participant) -> bool:
    in_words = person.profile.of_before != StaysAwayFrom()
    return in_words or not all(map(EXCLUSIONS.made, person.profile.avoids))


class InMemoryQuarantine(InMemoryCollection[Quarantined]):
    def __init__(self) -> None:
        super().__init__("quarantine")

    async def sent_by(self, publisher: str, *, skip: int, limit: int) -> list[Quarantined]:
        found = await self.where(lambda item: item.publisher == publisher)
        by_id = sorted(found, key=lambda item: item.id)
        newest_first = sorted(by_id, key=lambda item: item.received_at, reverse=True)
        return newest_first[skip : skip + limit]

    async def about(self, handles: Sequence[str]) -> list[Quarantined]:
        return await self.where(lambda item: not set(handles).isdisjoint(item.about))


class InMemorySecondLooks:
    """Those given up, with the handles of whom they name."""

    def __init__(self) -> None:
        self.given_up: dict[str, frozenset[str]] = {}

    async def given_up_about(self, handles: Sequence[str]) -> list[str]:
        return [name for name, about in self.given_up.items() if not about.isdisjoint(handles)]


class InMemoryKeys:
    """Remembers the cards; what it seals shows only how often it has sealed."""

    def __init__(self) -> None:
        self.cards: dict[UUID, list[ContactCard]] = {}
        self.forgotten: list[UUID] = []
        self.texts: dict[str, bytes] = {}

    async def seal(self, participant_id: UUID, card: ContactCard) -> SealedContact:
        cards = self.cards.setdefault(participant_id, [])
        cards.append(card)
        return SealedContact(
            participant_id=participant_id, nonce=str(len(cards)), ciphertext="sealed"
        )

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        cards = self.cards.get(sealed.participant_id)
        return cards[int(sealed.nonce) - 1] if cards else None

    async def seal_text(self, name: str, clear: bytes) -> tuple[str, str]:
        self.texts[name] = clear
        return name, "sealed"

    async def open_text(self, name: str, nonce: str, ciphertext: str) -> bytes | None:
        assert (nonce, ciphertext) == (name, "sealed")
        return self.texts.get(name)

    async def forget(self, name: UUID | str) -> None:
        if isinstance(name, UUID):
            self.cards.pop(name, None)
            self.forgotten.append(name)
        else:
            self.texts.pop(name, None)


class InMemoryKeyRotation:
    """Remembers which keys people were given, and which older ones were dropped."""

    def __init__(self, keys: InMemoryKeys) -> None:
        self.keys = keys
        self.found = Masters("now", {}, ())
        self.given: list[tuple[UUID, str]] = []
        self.dropped: list[tuple[UUID, str]] = []
        self.pieces = 0

    async def masters(self) -> Masters:
        return self.found

    async def rewrap_some(self) -> bool:
        self.pieces -= 1
        return self.pieces > 0

    async def add_key(self, participant_id: UUID, name: str) -> bool:
        if participant_id not in self.keys.cards:
            return False
        self.given.append((participant_id, name))
        return True

    async def drop_before(self, participant_id: UUID, name: str) -> None:
        self.dropped.append((participant_id, name))


class FewPlaces:
    """A directory of three postcodes."""

    SPOTS = {  # noqa: RUF012
        "W127RZ": Spot("Hammersmith and Fulham", 523242, 180631),
        "HA90FJ": Spot("Brent", 519310, 185640),
        "SW21RW": Spot("Lambeth", 531010, 174890),
    }
    boroughs = frozenset({"Brent", "Hammersmith and Fulham", "Lambeth"})

    async def find(self, postcode: str) -> Spot | None:
        return self.SPOTS.get(postcode)


class InMemoryPublishers:
    def __init__(self, *publishers: Publisher) -> None:
        self._publishers = {publisher.name: publisher for publisher in publishers}

    def by_key(self, key: str) -> Publisher | None:
        found = holder_of(key, self._publishers.values(), datetime.now(UTC))
        return found[0] if found else None

    def by_name(self, name: str) -> Publisher | None:
        return self._publishers.get(name)

    async def until_known(self) -> None:
        """Know them from the start."""


class InMemoryCommitter:
    """Keeps to the committer's promises on an InMemoryStore; away when told so."""

    def __init__(self, store: InMemoryStore, inbox: set[str] | None = None) -> None:
        self._store = store
        self._inbox = set() if inbox is None else inbox
        self.away = False

    async def commit(self, message_id: str, work: Work) -> Outcome:
        if self.away:
            raise UnavailableError("MongoDB did not take a transaction")
        for _ in range(9):
            changes = await work()
            await asyncio.sleep(0)
            if message_id in self._inbox:
                return Outcome.DUPLICATE
            try:
                self._store.commit(changes)
            except ConflictError:
                continue
            self._inbox.add(message_id)
            return Outcome.DONE
        raise ConflictError("always somebody else was first")


class Intake:
    """A whole intake in memory: the desk, its collections, what was committed."""

    def __init__(self, desk: Desk, store: InMemoryStore, *publishers: Publisher) -> None:
        self.desk = desk
        self.store = store
        self.publishers = InMemoryPublishers(*publishers)
        self.commits = InMemoryCommitter(store)

    @property
    def people(self) -> list[Participant]:
        participants = self.desk.participants
        assert isinstance(participants, InMemoryParticipants)
        return list(participants.entities.values())

    @property
    def second_looks(self) -> InMemorySecondLooks:
        assert isinstance(self.desk.second_looks, InMemorySecondLooks)
        return self.desk.second_looks

    @property
    def keys(self) -> InMemoryKeys:
        assert isinstance(self.desk.keys, InMemoryKeys)
        return self.desk.keys

    def said(self) -> list[str]:
        return [event.TYPE for event in self.store.events]


def key_digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
