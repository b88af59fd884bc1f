"""Intake with cards that are not sealed: the twin to which the cost of sealing is compared.

Nothing else differs; what is stored and told is as long. Only `tests.bench.sealing` runs it.
"""

import base64
from uuid import UUID

from services.intake import main
from shared.contracts.participants import ContactCard, SealedContact
from shared.master_keys import MasterKeys
from shared.mongo import Database

NONCE, TAG = bytes(12), bytes(16)


class ClearCards:
    """In place of the keyring: encrypts nothing, and keeps no key."""

    def __init__(self, _database: Database, _masters: MasterKeys) -> None:
        """Take what the keyring takes."""

    async def seal(self, participant_id: UUID, card: ContactCard) -> SealedContact:
        nonce, ciphertext = _as_text(card.model_dump_json().encode())
        return SealedContact(participant_id=participant_id, nonce=nonce, ciphertext=ciphertext)

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        clear = base64.b64decode(sealed.ciphertext)[: -len(TAG)]
        return ContactCard.model_validate_json(clear)

    async def seal_text(self, _name: str, clear: bytes) -> tuple[str, str]:
        return _as_text(clear)

    async def open_text(self, _name: str, _nonce: str, ciphertext: str) -> bytes | None:
        return base64.b64decode(ciphertext)[: -len(TAG)]

    async def forget(self, _name: UUID | str) -> None:
        """Forget nothing: there is no key."""


def _as_text(clear: bytes) -> tuple[str, str]:
    return base64.b64encode(NONCE).decode(), base64.b64encode(clear + TAG).decode()


if __name__ == "__main__":
    main.Keyring = ClearCards  # type: ignore[attr-defined,assignment]
    main.main()
