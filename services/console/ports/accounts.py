"""Who of staff there is, what each role may, what they did, and the links they made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is in a hub; somebody can be several."""

    VIEWER = "viewer"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    OPERATOR = "operator"


class Right(StrEnum):
    """What an address of the console is for. Each address needs exactly one.

    `look`: what is going on, without who people are. `identify`: who a person is, and what they
    were told. `act`: decide, arrange, note, and speak for the collaborative. `audit`: who of staff
    did what. `operate`: whether the system is well, and the accounts.
    """

    LOOK = "look"
    IDENTIFY = "identify"
    ACT = "act"
    AUDIT = "audit"
    OPERATE = "operate"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.LOOK}),
    Role.COORDINATOR: frozenset({Right.LOOK, Right.IDENTIFY, Right.ACT}),
    Role.LEAD: frozenset({Right.LOOK, Right.IDENTIFY, Right.ACT, Right.AUDIT}),
    Role.OPERATOR: frozenset({Right.LOOK, Right.OPERATE}),
}
Roles = Mapping[str, tuple[Role, ...]]
"""The roles of somebody, by hub."""


def hubs_with(right: Right, roles: Roles) -> tuple[str, ...]:
    """Return the hubs in which one of somebody's roles has the right."""
    return tuple(hub for hub, held in roles.items() if any(right in RIGHTS[role] for role in held))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """An account; the id is the user name. Scripts sign in with the token of `token_sha256`."""

    id: str
    password_hash: str
    roles: Roles = field(default_factory=dict)
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
    """Who did what to which object, when. Rows are only ever added: the database lets no more.

    `hub` is None where it was in no hub: signing in and out.
    """

    id: str
    who: str
    what: str
    about: str
    hub: str | None
    at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAsked:
    """Which rows are wanted: those of some hubs, and those in no hub of `colleagues`.

    `start` is the first moment, `end` the first one after.
    """

    hubs: tuple[str, ...]
    colleagues: tuple[str, ...] = ()
    who: str | None = None
    what: str | None = None
    about: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    limit: int = 50
    skip: int = 0
