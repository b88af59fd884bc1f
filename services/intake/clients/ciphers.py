"""Intake's own keys: one for digests that only it can make, one for what it sealed before."""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.intake.domain.people import Sealed
from shared.errors import MalformedError

DIGEST_LENGTH = 40


class KeyedCipher:
    """HMAC-SHA-256 for digests, AES-256-GCM for opening. Both keys are 32 bytes."""

    def __init__(self, fingerprint_key: bytes, quarantine_key: bytes) -> None:
        self._keyed = hmac.new(fingerprint_key, digestmod=hashlib.sha256)
        self._aead = AESGCM(quarantine_key)

    def digest(self, kind: str, *parts: str | bytes) -> str:
        """Return `kind:` and a digest; parts of another length never run into one another."""
        whole = self._keyed.copy()
        whole.update(kind.encode())
        for part in parts:
            said = part.encode() if isinstance(part, str) else part
            whole.update(len(said).to_bytes(8) + said)
        return f"{kind}:{whole.hexdigest()[:DIGEST_LENGTH]}"

    def open(self, sealed: Sealed, *, about: str) -> bytes:
        """Decrypt what was sealed before each thing had its own key. Raises MalformedError."""
        nonce, ciphertext = base64.b64decode(sealed.nonce), base64.b64decode(sealed.ciphertext)
        try:
            return self._aead.decrypt(nonce, ciphertext, about.encode())
        except InvalidTag as error:
            raise MalformedError("what was sealed does not fit its key") from error
