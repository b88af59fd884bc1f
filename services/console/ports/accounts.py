"""Who of staff there is, what they did, and the links they made."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """An account; the id is the user name. Scripts sign in with the token of `token_sha256`."""

    id: str
    password_hash: str
    hubs: tuple[str, ...]
    token_sha256: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser in which a member of staff is signed in; the id is the SHA-256 of its cookie."""

    id: str
    username: str
    since: datetime
    seen_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSignIns:
    """Wrong passwords from one address for one name; the id is a hash of both."""

    id: str
    count: int
    since: datetime
    version: int = 0


class Whose(StrEnum):
    """Whose sessions a calendar shows."""

    HUB = "hub"
    VENUE = "venue"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a calendar shows: all sessions of a hub, those at one venue, or those of one worker."""

    hub: str
    whose: Whose
    id: str
    name: str

    @property
    def key(self) -> str:
        """What stands for it in a form."""
        return f"{self.hub}/{self.whose}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLink:
    """An address at which a calendar programme reads sessions; the id is the SHA-256 of its token.

    It answers until somebody of the hub revokes it.
    """

    id: str
    shown: Shown
    made_by: str
    made_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what to which object, when. Rows are only ever added."""

    id: str
    who: str
    what: str
    about: str
    hub: str | None
    at: datetime
    version: int = 0
