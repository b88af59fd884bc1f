"""The signed links by which a participant does something without an account.

A link says what it is for, of what, and when it ends; it opens nothing else, and nothing any more
after that. The same three always make the same link, so that a mail that is sent again has the one
it had. Only who holds the link key can make one.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from uuid import UUID

from itsdangerous import BadSignature, Signer, URLSafeSerializer

FORM = struct.Struct(">B16sI")
LATEST = 2**32 - 1
SALT = "wlc.link.v2"
ENDLESS_SALT = "wlc.invitation.v1"
"""Of the links of before there were purposes and ends: all were of invitations."""

OPEN_AFTER_THE_LAST_SESSION = timedelta(days=396)
"""Thirteen months: until then people can see what became of what they took part in."""

DETAILS_OPEN_FOR = timedelta(hours=24)


class Purpose(Enum):
    """What a link opens, and nothing beside it."""

    INVITATION = 1
    DETAILS = 2


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: `of` is the invitation, or the participant whose details it opens.

    It ends at a whole second; an old one of an invitation has no end of its own.
    """

    purpose: Purpose
    of: UUID
    ends_at: datetime | None = None


class Links:
    """Makes and reads the tokens at the end of `/i/{token}` and `/d/{token}`."""

    def __init__(self, key: str) -> None:
        self._signers = {each: Signer(key, salt=f"{SALT}.{each.name}") for each in Purpose}
        self._endless = URLSafeSerializer(key, salt=ENDLESS_SALT)

    def invitation(self, invitation_id: UUID, ends_at: datetime) -> str:
        """Return the token by which an invitation is answered and looked at."""
        return self._token(Purpose.INVITATION, invitation_id, _seconds(ends_at))

    def details(self, participant_id: UUID, ends_at: datetime) -> str:
        """Return the token by which a person sees and corrects their own details."""
        return self._token(Purpose.DETAILS, participant_id, _seconds(ends_at))

    def read(self, token: str, purpose: Purpose) -> Link | None:
        """Return what a token says, ended or not; None for one not made here for this purpose."""
        try:
            signed = self._signers[purpose].unsign(token)
            number, of, ends = FORM.unpack(urlsafe_b64decode(signed))
        except (BadSignature, ValueError, struct.error):
            return self._endless_one(token) if purpose is Purpose.INVITATION else None
        if number != purpose.value or self._token(purpose, UUID(bytes=of), ends) != token:
            return None
        return Link(purpose, UUID(bytes=of), datetime.fromtimestamp(ends, UTC))

    def _token(self, purpose: Purpose, of: UUID, ends: int) -> str:
        said = urlsafe_b64encode(FORM.pack(purpose.value, of.bytes, ends))
        return self._signers[purpose].sign(said).decode()

    def _endless_one(self, token: str) -> Link | None:
        try:
            return Link(Purpose.INVITATION, UUID(hex=self._endless.loads(token)))
        except (BadSignature, ValueError, TypeError, AttributeError):
            return None


def invitation_ends(session_ends: Iterable[datetime], answer_by: datetime) -> datetime:
    """Return when the link of an invitation ends; without sessions the answer's time counts."""
    return max(session_ends, default=answer_by) + OPEN_AFTER_THE_LAST_SESSION


def _seconds(at: datetime) -> int:
    return min(max(int(at.timestamp()), 0), LATEST)
