"""Permits: who shows one may see for some minutes what the services hold on one person.

The console makes them, beside the row of its audit trail that says so, by a key that it alone has;
the services know what to check them by, from which no permit can be made.
"""

import base64
import struct
from binascii import Error
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import HTTPException, Request

LASTS = timedelta(minutes=15)
HEADER = "wlc-permit"
SAID = struct.Struct(">16sI")
NO_PERMIT = (
    "The console has to permit this first, and writes it down: `wlc subject-access` asks it."
)

PermitDoor = Callable[[Request], None]


class Permits:
    """Makes permits by a key of 32 bytes (base64); `checked_by` is what services check them by."""

    def __init__(self, key: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key))
        self.checked_by = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def permit(self, person: UUID, now: datetime) -> str:
        """Return the permit to see what is held on a person from now on."""
        said = SAID.pack(person.bytes, int((now + LASTS).timestamp()))
        return base64.urlsafe_b64encode(said + self._key.sign(said)).decode()


def _now() -> datetime:
    return datetime.now(UTC)


def permit_door(checked_by: str | None, now: Callable[[], datetime] = _now) -> PermitDoor:
    """Return the check of addresses of one `participant_id`; closed to everybody without a key."""
    key = checked_by and Ed25519PublicKey.from_public_bytes(base64.b64decode(checked_by))

    def open_to_who_is_permitted(request: Request) -> None:
        permit, person = request.headers.get(HEADER, ""), request.path_params["participant_id"]
        if not key or not _permits(permit, person, key, now()):
            raise HTTPException(403, NO_PERMIT)

    return open_to_who_is_permitted


def _permits(permit: str, person: str, key: Ed25519PublicKey, now: datetime) -> bool:
    """Whether a permit was made by the console, is for this person, and has not ended."""
    try:
        whole = base64.urlsafe_b64decode(permit.encode("ascii", "replace"))
        said, signature = whole[: SAID.size], whole[SAID.size :]
        key.verify(signature, said)
        about, ends = SAID.unpack(said)
        is_theirs: bool = UUID(person).bytes == about
    except (InvalidSignature, Error, ValueError, struct.error):
        return False
    return is_theirs and now.timestamp() < float(ends)
