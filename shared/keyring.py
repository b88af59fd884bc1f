"""One encryption key per participant: forget the key, and every copy of who they are is unreadable.

The keys lie in a database of their own, wrapped by a master key. Intake makes and forgets them;
notification and console may only read.
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
        key = await self._own_key(participant_id)
        nonce = os.urandom(NONCE_BYTES)
        clear = card.model_dump_json().encode()
        sealed = AESGCM(key).encrypt(nonce, clear, participant_id.bytes)
        return SealedContact(
            participant_id=participant_id,
            nonce=base64.b64encode(nonce).decode(),
            ciphertext=base64.b64encode(sealed).decode(),
        )

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


def _are_there_already(error: BulkWriteError) -> bool:
    """Whether keys that somebody else made are all that kept some from being stored."""
    told = error.details or {}
    codes = {each["code"] for each in told.get("writeErrors", ())}
    return codes == {DUPLICATE_KEY} and not told.get("writeConcernErrors")
