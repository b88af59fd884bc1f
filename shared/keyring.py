"""One encryption key per participant: forget the key, and every copy of who they are is unreadable.

The keys lie in a database of their own, wrapped by a master key. Intake makes and forgets them;
notification and console may only read, which is enough to seal a card again.
"""

import base64
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from pymongo.errors import BulkWriteError, PyMongoError

from shared.contracts.participants import ContactCard, SealedContact
from shared.errors import MalformedError, UnavailableError
from shared.loader import Loader
from shared.mongo import Database

NONCE_BYTES = 12
DUPLICATE_KEY = 11000


class Keyring:
    """Seals and opens contact cards. `master` is 32 bytes. Raises UnavailableError."""

    def __init__(self, database: Database, master: bytes) -> None:
        self._keys = database["keys"]
        self._master = master
        self._known = Loader(self._load)
        self._known_or_new = Loader(self._load_or_make)

    async def seal(self, participant_id: UUID, card: ContactCard) -> SealedContact:
        """Encrypt a card under the person's key, which is made when there is none."""
        return _sealed(participant_id, card, await self._own_key(participant_id))

    async def seal_anew(self, participant_id: UUID, card: ContactCard) -> SealedContact | None:
        """Encrypt a card under the key that the person has; None when it is forgotten.

        No key is made, so who may only read the keys can do it.
        """
        key = await self._known.get(str(participant_id))
        return None if key is None else _sealed(participant_id, card, key)

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        """Decrypt a card; None when the key is forgotten. Raises MalformedError when tampered."""
        key = await self._known.get(str(sealed.participant_id))
        if key is None:
            return None
        nonce, ciphertext = base64.b64decode(sealed.nonce), base64.b64decode(sealed.ciphertext)
        try:
            clear = AESGCM(key).decrypt(nonce, ciphertext, sealed.participant_id.bytes)
        except InvalidTag as error:
            raise MalformedError("a sealed contact does not fit its key") from error
        return ContactCard.model_validate_json(clear)

    async def forget(self, participant_id: UUID) -> None:
        """Delete the person's key: nothing sealed under it can be read again."""
        try:
            await self._keys.delete_one({"_id": str(participant_id)})
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error

    async def _own_key(self, participant_id: UUID) -> bytes:
        while True:
            if key := await self._known_or_new.get(str(participant_id)):
                return key

    async def _load_or_make(self, ids: list[str]) -> dict[str, bytes]:
        """Return a key for each, but for one that somebody forgets at this moment."""
        known = await self._load(ids)
        new = {key_id: AESGCM.generate_key(bit_length=256) for key_id in ids if key_id not in known}
        return known | (await self._keep(new) if new else {})

    async def _keep(self, keys: dict[str, bytes]) -> dict[str, bytes]:
        """Store keys and return what is there now: where somebody else was first, theirs."""
        rows = [
            {"_id": key_id, "wrapped": aes_key_wrap(self._master, key)}
            for key_id, key in keys.items()
        ]
        try:
            await self._keys.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            if not _are_there_already(error):
                raise UnavailableError("the keyring did not answer") from error
            return await self._load(list(keys))
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        return keys

    async def _load(self, ids: list[str]) -> dict[str, bytes]:
        try:
            rows = await self._keys.find({"_id": {"$in": ids}}).to_list(None)
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        return {row["_id"]: aes_key_unwrap(self._master, row["wrapped"]) for row in rows}


def _sealed(participant_id: UUID, card: ContactCard, key: bytes) -> SealedContact:
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, card.model_dump_json().encode(), participant_id.bytes)
    return SealedContact(
        participant_id=participant_id,
        nonce=base64.b64encode(nonce).decode(),
        ciphertext=base64.b64encode(sealed).decode(),
    )


def _are_there_already(error: BulkWriteError) -> bool:
    """Whether keys that somebody else made are all that kept some from being stored."""
    told = error.details or {}
    codes = {each["code"] for each in told.get("writeErrors", ())}
    return codes == {DUPLICATE_KEY} and not told.get("writeConcernErrors")
