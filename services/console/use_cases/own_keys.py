"""What the console seals and signs for itself: a key a purpose, all made from its own secret."""

import base64
import hashlib
import hmac
import os
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadData, URLSafeSerializer

from shared.errors import MalformedError

KEY_BYTES = 32
NONCE_BYTES = 12
SALT = "wlc.console.note.v1"


def key_for(secret: str, purpose: str) -> bytes:
    """Return the key of a purpose; who has it learns nothing of the secret or of other keys."""
    label = f"wlc.console.{purpose}.v1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(secret.encode())


class OwnKeys:
    """Seals keys of one-time codes, digests recovery codes, and signs what cookies carry."""

    def __init__(self, secret: str) -> None:
        self._sealing = AESGCM(key_for(secret, "one-time-codes"))
        self._digesting = key_for(secret, "recovery-codes")
        self._signing = URLSafeSerializer(
            key_for(secret, "cookies"),
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def seal(self, clear: str, whose: str) -> str:
        """Encrypt, so that it opens for the same owner alone."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._sealing.encrypt(nonce, clear.encode(), whose.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, whose: str) -> str:
        """Decrypt. Raises MalformedError for what was sealed by another key or for another."""
        raw = base64.b64decode(sealed)
        try:
            clear = self._sealing.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], whose.encode())
        except (InvalidTag, ValueError) as error:
            raise MalformedError("what is sealed does not fit the console's key") from error
        return clear.decode()

    def digest(self, code: str, whose: str) -> str:
        """Return what is stored of a code: without the key it tells nothing."""
        return hmac.new(self._digesting, f"{whose}\n{code}".encode(), hashlib.sha256).hexdigest()

    def note(self, said: dict[str, Any], until: datetime) -> str:
        """Sign what a cookie carries until a time; whoever has the cookie can read it."""
        signed = self._signing.dumps({**said, "until": int(until.timestamp())})
        return signed if isinstance(signed, str) else signed.decode()

    def read(self, note: str, now: datetime) -> dict[str, Any]:
        """Return what was signed; nothing of what was not, or whose time is over."""
        try:
            said = self._signing.loads(note)
            until = datetime.fromtimestamp(said.pop("until"), UTC)
        except (BadData, KeyError, TypeError, AttributeError, ValueError, OverflowError):
            return {}
        return said if now < until else {}
