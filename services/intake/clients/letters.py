"""What waits for another try, or lies with the dead letters: sealed, for it is about people."""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.intake.ports import Desk, Publishers
from services.intake.use_cases.doors import read_message
from services.intake.use_cases.receiving import handles_named
from shared.errors import MalformedError
from shared.handlers import Inbound

NONCE_BYTES = 12
ABOUT = b"a submission that could not be handled"


class SealedLetters:
    """Seals bodies under the key of the quarantine (AES-256-GCM). See shared.handlers.Sealer."""

    def __init__(self, key: bytes, desk: Desk, publishers: Publishers) -> None:
        self._aead = AESGCM(key)
        self._desk = desk
        self._publishers = publishers

    def seal(self, body: bytes, *beside: str) -> bytes:
        """See shared.handlers.Sealer."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, body, _bound_to(beside))

    def open(self, sealed: bytes, *beside: str) -> bytes:
        """See shared.handlers.Sealer."""
        bound = _bound_to(beside)
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise MalformedError("a sealed submission does not fit its key") from error

    def about(self, message: Inbound) -> Sequence[str]:
        """See shared.handlers.Sealer."""
        try:
            arrival = read_message(message, self._publishers, self._desk.cipher)
            return handles_named(arrival, self._desk)
        except Exception:  # noqa: BLE001 - what broke its handler may break this: it is sealed anyway
            return ()


def _bound_to(beside: Sequence[str]) -> bytes:
    """Return what the ciphertext is bound to; texts never run into one another."""
    texts = [each.encode() for each in beside]
    return ABOUT + b"".join(len(each).to_bytes(8) + each for each in texts)
