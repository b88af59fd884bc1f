"""The address that bounces of a message come back to: it names the message, and only we make it."""

import hashlib
import hmac
import re
from uuid import UUID

SALT = b"wlc.return-path.v1"
SIGNATURE_BYTES = 8
LOCAL_PART = re.compile(r"bounce\+([0-9a-f]{32})\.([0-9a-f]{16})")
"""56 of the 64 characters that SMTP allows; one case, since servers on the way may change it."""


class ReturnPaths:
    """Makes and reads `bounce+<message>.<signature>@<domain>`."""

    def __init__(self, key: str, domain: str) -> None:
        self._key = hmac.digest(key.encode(), SALT, hashlib.sha256)
        self.domain = domain.lower()

    def address(self, message_id: str) -> str:
        """Return the address of a message, always the same one. Raises ValueError for no UUID."""
        name = UUID(message_id).hex
        return f"bounce+{name}.{self._signature(name)}@{self.domain}"

    def message_id(self, address: str) -> str | None:
        """Return the message that an address names; None for one that we did not make."""
        local_part, _, domain = address.lower().rpartition("@")
        found = LOCAL_PART.fullmatch(local_part)
        if not found or domain != self.domain:
            return None
        name, signature = found.groups()
        is_ours = hmac.compare_digest(signature, self._signature(name))
        return str(UUID(hex=name)) if is_ours else None

    def _signature(self, name: str) -> str:
        return hmac.digest(self._key, name.encode(), hashlib.sha256)[:SIGNATURE_BYTES].hex()
