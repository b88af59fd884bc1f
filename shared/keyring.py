"""One encryption key per participant: forget the key, and every copy of who they are is unreadable.

What lies sealed for a while without being known as anybody's has a key of its own as well. The keys
lie in a database of their own, wrapped by a master key. Intake makes and forgets them; notification
and console may only read, which is enough to seal a card again.
"""

import base64
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo.errors import BulkWriteError, PyMongoError

from shared.contracts.participants import ContactCard, SealedContact
from shared.errors import MalformedError, UnavailableError
from shared.loader import Loader
from shared.master_keys import UNNAMED, MasterKeys, Wrapped
from shared.mongo import Database, Document, stored_time

NONCE_BYTES = 12
DUPLICATE_KEY = 11000
FIRST = "1"
"""The first key of everybody; what is sealed and names none was sealed with it."""

Keys = Mapping[str, bytes]
"""Everything that one person's cards were sealed with, by its name; the newest is the last."""


SealedText = tuple[str, str]
"""Nonce and ciphertext (AES-256-GCM), in base64."""


class Keyring:
    """Seals and opens. Raises UnavailableError, also when no master key that is set opens a key."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self._rows = database["keys"]
        self._masters = masters
        self._known = Loader(self._load)
        self._known_or_new = Loader(self._load_or_make)

    async def seal(self, participant_id: UUID, card: ContactCard) -> SealedContact:
        """Encrypt a card under the person's newest key; one is made when there is none."""
        return _sealed(participant_id, card, await self._own_keys(str(participant_id)))

    async def seal_anew(self, participant_id: UUID, card: ContactCard) -> SealedContact | None:
        """Encrypt a card under the newest key that the person has; None when it is forgotten.

        No key is made, so who may only read the keys can do it.
        """
        keys = await self._known.get(str(participant_id))
        return None if keys is None else _sealed(participant_id, card, keys)

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        """Decrypt a card; None when its key is forgotten. Raises MalformedError when tampered."""
        keys = await self._known.get(str(sealed.participant_id)) or {}
        if (key := keys.get(sealed.key)) is None:
            return None
        about = sealed.participant_id.bytes
        clear = _opened(key, (sealed.nonce, sealed.ciphertext), about)
        return ContactCard.model_validate_json(clear)

    async def seal_text(self, name: str, clear: bytes) -> SealedText:
        """Return nonce and ciphertext under the key of that name, made when there is none."""
        keys = await self._own_keys(name)
        return _encrypted(_newest(keys)[1], clear, name.encode())

    async def open_text(self, name: str, nonce: str, ciphertext: str) -> bytes | None:
        """Decrypt it; None when its key is forgotten. Raises MalformedError when tampered."""
        keys = await self._known.get(name)
        if keys is None:
            return None
        return _opened(_newest(keys)[1], (nonce, ciphertext), name.encode())

    async def forget(self, name: UUID | str) -> None:
        """Delete all keys of a person or a name: what was sealed with them cannot be read again."""
        try:
            await self._rows.delete_one({"_id": str(name)})
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error

    async def _own_keys(self, name: str) -> Keys:
        while True:
            if keys := await self._known_or_new.get(name):
                return keys

    async def _load_or_make(self, names: list[str]) -> dict[str, Keys]:
        """Return keys for each, but for one that somebody forgets at this moment."""
        known = await self._load(names)
        new = [name for name in names if name not in known]
        return known | (await self._make(new) if new else {})

    async def _make(self, names: list[str]) -> dict[str, Keys]:
        """Store new keys and return what is there now: where somebody else was first, theirs."""
        made = {name: AESGCM.generate_key(bit_length=256) for name in names}
        wrapped = await self._masters.wrap(list(made.values()))
        rows = [
            {"_id": name, "keys": [stored_key(FIRST, key)]}
            for name, key in zip(made, wrapped, strict=True)
        ]
        try:
            await self._rows.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            if not _are_there_already(error):
                raise UnavailableError("the keyring did not answer") from error
            return await self._load(names)
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        return {name: {FIRST: key} for name, key in made.items()}

    async def _load(self, names: list[str]) -> dict[str, Keys]:
        try:
            rows = await self._rows.find({"_id": {"$in": names}}).to_list(None)
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        stored = [(row["_id"], *each) for row in rows for each in stored_keys(row)]
        if not stored:
            return {}
        opened = await self._masters.unwrap([wrapped for _, _, wrapped in stored])
        found: dict[str, dict[str, bytes]] = {}
        for (name, key_name, _), key in zip(stored, opened, strict=True):
            found.setdefault(name, {})[key_name] = key
        return dict(found)


def stored_key(name: str, wrapped: Wrapped) -> dict[str, Any]:
    """Return how a wrapped key lies in its row."""
    return {
        "name": name,
        "wrapped": wrapped.wrapped,
        "master": wrapped.master,
        "made_at": stored_time(datetime.now(UTC)),
    }


def stored_keys(row: Document) -> list[tuple[str, Wrapped]]:
    """Return the names and keys of a row, the newest last; rows of before have one, unnamed."""
    if "wrapped" in row:
        return [(FIRST, Wrapped(UNNAMED, row["wrapped"]))]
    return [(key["name"], Wrapped(key["master"], key["wrapped"])) for key in row["keys"]]


def _newest(keys: Keys) -> tuple[str, bytes]:
    return list(keys.items())[-1]


def _sealed(participant_id: UUID, card: ContactCard, keys: Keys) -> SealedContact:
    name, key = _newest(keys)
    clear, about = card.model_dump_json().encode(), participant_id.bytes
    nonce, ciphertext = _encrypted(key, clear, about)
    return SealedContact(
        participant_id=participant_id, nonce=nonce, ciphertext=ciphertext, key=name
    )


def _encrypted(key: bytes, clear: bytes, about: bytes) -> SealedText:
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = AESGCM(key).encrypt(nonce, clear, about)
    return base64.b64encode(nonce).decode(), base64.b64encode(ciphertext).decode()


def _opened(key: bytes, sealed: SealedText, about: bytes) -> bytes:
    """Decrypt what was sealed about the same. Raises MalformedError."""
    try:
        nonce, ciphertext = map(base64.b64decode, sealed)
        return AESGCM(key).decrypt(nonce, ciphertext, about)
    except (InvalidTag, ValueError) as error:
        raise MalformedError("something sealed does not fit its key") from error


def _are_there_already(error: BulkWriteError) -> bool:
    """Whether keys that somebody else made are all that kept some from being stored."""
    told = error.details or {}
    codes = {each["code"] for each in told.get("writeErrors", ())}
    return codes == {DUPLICATE_KEY} and not told.get("writeConcernErrors")
