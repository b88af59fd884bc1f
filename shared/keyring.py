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
from pymongo.errors import DuplicateKeyError, PyMongoError

from shared.contracts.participants import ContactCard, SealedContact
from shared.errors import MalformedError, UnavailableError
from shared.mongo import Database

NONCE_BYTES = 12


class Keyring:
    """Seals and opens contact cards. `master` is 32 bytes. Raises UnavailableError."""

    def __init__(self, database: Database, master: bytes) -> None:
        self._keys = database["keys"]
        self._master = master

    async def seal(self, participant_id: UUID, card: ContactCard) -> SealedContact:
        """Encrypt a card under the person's key, which is made when there is none."""
        key = await self._key(participant_id) or await self._new_key(participant_id)
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
        key = await self._key(sealed.participant_id)
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

    async def _key(self, participant_id: UUID) -> bytes | None:
        try:
            row = await self._keys.find_one({"_id": str(participant_id)})
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        return aes_key_unwrap(self._master, row["wrapped"]) if row else None

    async def _new_key(self, participant_id: UUID) -> bytes:
        key = AESGCM.generate_key(bit_length=256)
        row = {"_id": str(participant_id), "wrapped": aes_key_wrap(self._master, key)}
        try:
            await self._keys.insert_one(row)
        except DuplicateKeyError:
            return await self._key(participant_id) or await self._new_key(participant_id)
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        return key
