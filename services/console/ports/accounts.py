"""Who of staff there is, what each role may, what they did, and the links they made."""

import hashlib
import json
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


class How(StrEnum):
    """How somebody proved who they are: the weakest first."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, not a password
    CODE = "code"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """An account; the id is the user name. Scripts sign in with the token of `token_sha256`.

    `oidc` is what the provider calls them; who has no password signs in there alone.
    """

    id: str
    password_hash: str | None = None
    oidc: str | None = None
    roles: Roles = field(default_factory=dict)
    token_sha256: str | None = None
    version: int = 0

    @property
    def fingerprint(self) -> str:
        """What a browser stays signed in by: another password, role or provider, another value."""
        roles = sorted((hub, sorted(held)) for hub, held in self.roles.items())
        of = json.dumps([self.id, self.password_hash, self.oidc, roles])
        return hashlib.sha256(of.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser in which a member of staff is signed in; the id is the SHA-256 of its cookie.

    It is in as long as `account` is the fingerprint of the account.
    """

    id: str
    username: str
    since: datetime
    seen_at: datetime
    account: str = ""
    how: How = How.PASSWORD
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfSignedIn:
    """A browser whose password was right and whose code is not yet given: it may do nothing.

    The id is the SHA-256 of its cookie; `wanted` is where it was going.
    """

    id: str
    username: str
    since: datetime
    account: str
    wanted: str
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSignIn:
    """When and how somebody signed in last; the id is the user name."""

    id: str
    at: datetime
    how: How
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCodes:
    """The app that makes somebody's codes (RFC 6238); the id is the user name.

    `sealed` is its key, encrypted. It counts once a first code was given (`since`). `last_step` is
    the step of time of the last code that was taken; `recovery` are keyed digests of the codes for
    who has lost the app, those that are left.
    """

    id: str
    sealed: str
    since: datetime | None = None
    last_step: int = 0
    recovery: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSignIns:
    """Wrong passwords and codes counted together; the id is a hash of what they have in common.

    `username` is named only where it is an account, `most` is how many there may be until `until`.
    """

    id: str
    count: int
    since: datetime
    username: str | None = None
    most: int = 0
    until: datetime | None = None
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


ABOUT_PEOPLE_IN = frozenset(
    {"person_put_on_panel", "person_left_out", "person_asked_again", "what_if_asked"}
)
"""Acts whose `about` names a match and then a person, who may be known by a code alone there."""


class OperatorAct(StrEnum):
    """What an operator does with `wlc` and has written down before."""

    DEAD_LETTER_READ = "dead_letter_read"
    DEAD_LETTER_REPLAYED = "dead_letter_replayed"
    DEAD_LETTER_DROPPED = "dead_letter_dropped"
    FAILED_WORK_RETRIED = "failed_work_retried"
    TRACES_CLEANED = "traces_cleaned"
    BACKUP_MADE = "backup_made"
    RESTORED = "restored"
    MASTER_KEY_CHANGED = "master_key_changed"
    PERSON_KEY_CHANGED = "person_key_changed"
    PUBLISHER_ADDED = "publisher_added"
    PUBLISHER_CHANGED = "publisher_changed"
    PUBLISHER_KEY_MADE = "publisher_key_made"
    PUBLISHER_KEY_REVOKED = "publisher_key_revoked"
    AUDIT_EXPORTED = "audit_exported"
    AUDIT_ENDED = "audit_ended"


AUTOMATICALLY = "automatic"
"""Who approved a panel that the partner wants approved without staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what to which object, when. Rows are only ever added: the database lets no more.

    `hub` is None where it was in no hub: signing in and out; then `hubs` are those in which the
    account worked when it did that.
    """

    id: str
    who: str
    what: str
    about: str
    hub: str | None
    at: datetime
    hubs: tuple[str, ...] = ()
    version: int = 0

    @property
    def told_of(self) -> str:
        """What it was about, without the person in it."""
        return self.about.partition(" ")[0] if self.what in ABOUT_PEOPLE_IN else self.about


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAsked:
    """Which rows are wanted: those of some hubs, and those in no hub of `colleagues`.

    In no hub are also those of who worked in one of the hubs at the time. `about` is what a row
    tells that it was about: by a person in a match no row is found.
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
