"""The signed link by which a participant answers without an account.

It names an invitation and nothing else; only who holds the link key can make one.
"""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

SALT = "wlc.invitation.v1"


class Links:
    """Makes and reads the tokens at the end of `/i/{token}`."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt=SALT)

    def token(self, invitation_id: UUID) -> str:
        """Return the token of an invitation, always the same one."""
        return str(self._serializer.dumps(invitation_id.hex))

    def invitation_id(self, token: str) -> UUID | None:
        """Return the invitation that a token names; None for one that we did not make."""
        try:
            return UUID(hex=self._serializer.loads(token))
        except (BadSignature, ValueError, TypeError, AttributeError):
            return None
