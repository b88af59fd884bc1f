"""Every account of an installation: who may sign in where, to do what, and the secrets they need.

Made once, kept in one private file; the local runner, the container set-up and tests share it.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pwdlib import PasswordHash
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.embedded.errors import EmbeddedError
from deploy.embedded.folders import write_private
from deploy.embedded.replica import MongoUser
from deploy.rights import archivists_rights, backups_rights, operators_rights, rights_of
from shared import topology
from shared.contracts.submissions import SUBMISSIONS
from shared.definitions import BrokerUser, definitions
from shared.master_keys import name_of

SERVICES = tuple(topology.ROUTES)
OPERATOR = "operator"
BACKUP = "backup"
ARCHIVIST = "archivist"
"""Who takes away rows of the audit trail that were kept for their time."""
PUT_BACK = (
    "nothing was changed: put it back from a copy, or restore a backup into a new folder "
    "(`wlc restore`), for without it no data can be read."
)
HUBS = ("west-london", "lambeth")
KEY_BYTES = 32
KMS = "transit:"
"""How the name of a master begins that a key management service keeps."""

Hidden = Annotated[str, Field(repr=False)]
Passwords = Annotated[dict[str, str], Field(repr=False)]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Another system: the event types it may say, and the hubs it may say them for."""

    name: str
    types: tuple[str, ...]
    hubs: tuple[str, ...]


def _types(*prefixes: str) -> tuple[str, ...]:
    return tuple(name for name in SUBMISSIONS if name.startswith(prefixes))


PUBLISHERS = (
    Publisher("nwl-trust", _types("wlc."), ("west-london",)),
    Publisher(
        "borough-of-brent",
        _types("wlc.participant.", "wlc.availability.", "wlc.consent."),
        ("west-london",),
    ),
    Publisher("lambeth-hub", _types("wlc."), ("lambeth",)),
    Publisher(
        "staff-import", _types("wlc.participant.submitted.", "wlc.participant.withdrawn."), HUBS
    ),
)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


class StaffAccount(BaseModel):
    """The first member of staff, who may add the others; `token` is for scripts."""

    model_config = ConfigDict(frozen=True)

    user: str = "staff"
    password: Hidden
    token: Hidden


class Secrets(BaseModel):
    """All that must be known and must not be told."""

    model_config = ConfigDict(frozen=True)

    rabbit: Passwords = Field(default_factory=dict)
    mongo: Passwords = Field(default_factory=dict)
    publisher_keys: Passwords = Field(default_factory=dict)
    keyring_key: Hidden = Field(default_factory=_key)
    keyring_other_keys: tuple[str, ...] = Field(default=(), repr=False)
    fingerprint_key: Hidden = Field(default_factory=_key)
    quarantine_key: Hidden = Field(default_factory=_key)
    exclusion_key: Hidden = Field(default_factory=_key)
    link_key: Hidden = Field(default_factory=_key)
    permit_key: Hidden = Field(default_factory=_key)
    operator_token: Hidden = Field(default_factory=lambda: f"op_{_password()}")
    staff: StaffAccount = Field(
        default_factory=lambda: StaffAccount(
            password=secrets.token_urlsafe(12), token=f"st_{secrets.token_urlsafe(KEY_BYTES)}"
        )
    )

    @classmethod
    def kept_in(cls, file: Path) -> Self:
        """Return the secrets of the file, with new ones for every account it does not know yet.

        Raises EmbeddedError, which repeats nothing of it, where it is damaged.
        """
        try:
            known = cls.model_validate_json(file.read_bytes()) if file.exists() else cls()
        except ValidationError:
            raise EmbeddedError(f"{file} is damaged; {PUT_BACK}") from None
        complete = known.model_copy(
            update={
                "rabbit": _filled(known.rabbit, *SERVICES, *_publisher_names(), OPERATOR),
                "mongo": _filled(known.mongo, *SERVICES, OPERATOR, BACKUP, ARCHIVIST),
                "publisher_keys": {
                    name: known.publisher_keys.get(name) or f"pk_{name}_{_password()}"
                    for name in _publisher_names()
                },
            }
        )
        complete.keep(file)
        return complete

    def with_new_master(self) -> Self:
        """Return them with a new key that wraps; the ones of before still unwrap."""
        before = (self.keyring_key, *self.keyring_other_keys)
        return self.model_copy(update={"keyring_key": _key(), "keyring_other_keys": before})

    def with_one_master(self) -> Self:
        """Return them without the master keys of before."""
        return self.model_copy(update={"keyring_other_keys": ()})

    def with_new_exclusion_key(self) -> Self:
        """Return them with another key for digests of what people stay away from."""
        return self.model_copy(update={"exclusion_key": _key()})

    def fault_of_dropping(self, current: str, left: int) -> str | None:
        """Say why the masters of before must stay; `current` is the one that intake wraps with.

        That one has to be ours, else what intake counts as left is not what we would lose.
        """
        ours = name_of(base64.b64decode(self.keyring_key))
        if current != ours and not current.startswith(KMS):
            return "intake wraps by another master than the one kept here; start it again first."
        if left:
            return f"{left} keys are still under a master of before; `wlc keys rotate-master`."
        return None

    def keep(self, file: Path) -> None:
        """Write them down."""
        write_private(file, self.model_dump_json(indent=2))


def broker_definitions(known: Secrets) -> dict[str, Any]:
    """Return what RabbitMQ loads at its start: accounts, rights, exchanges, queues."""
    return definitions(
        services=[BrokerUser(name, known.rabbit[name]) for name in SERVICES],
        publishers=[
            BrokerUser(
                publisher.name, known.rabbit[publisher.name], publisher.types, publisher.hubs
            )
            for publisher in PUBLISHERS
        ],
        operator=BrokerUser(OPERATOR, known.rabbit[OPERATOR]),
    )


def mongo_users(known: Secrets) -> list[MongoUser]:
    """Return MongoDB's accounts: each service opens its own collections, the operator only looks.

    No role of MongoDB's own is narrow enough for any of them.
    """
    rights = {name: rights_of(name) for name in SERVICES} | {
        OPERATOR: operators_rights(),
        BACKUP: backups_rights(),
        ARCHIVIST: archivists_rights(),
    }
    return [MongoUser(name, known.mongo[name], (), may) for name, may in rights.items()]


def publishers_file(known: Secrets) -> str:
    """Write down for intake who may submit what; of the keys only their digests."""
    rows = [
        {
            "name": publisher.name,
            "key_sha256": digest(known.publisher_keys[publisher.name]),
            "types": publisher.types,
            "hubs": publisher.hubs,
        }
        for publisher in PUBLISHERS
    ]
    return json.dumps({"publishers": rows}, indent=2)


def staff_file(known: Secrets, before: str | None = None) -> str:
    """Write down for the console who may sign in; of password and token only their hashes.

    What stands in the file already stays, for those are the operator's accounts; only a first
    member of before there were roles is given theirs.
    """
    first = {
        "username": known.staff.user,
        "password_hash": PasswordHash.recommended().hash(known.staff.password),
        "roles": {hub: ["lead", "operator"] for hub in HUBS},
        "token_sha256": digest(known.staff.token),
    }
    rows = json.loads(before)["staff"] if before else []
    kept = [first if _is_of_before_roles(row, known) else row for row in rows]
    return json.dumps({"staff": kept or [first]}, indent=2)


def keep_staff_file(path: Path, known: Secrets) -> None:
    """Make the staff file, or leave it as the operator has it."""
    before = path.read_text() if path.exists() else None
    wanted = staff_file(known, before)
    if before is None or json.loads(before) != json.loads(wanted):
        write_private(path, wanted)


def _is_of_before_roles(row: dict[str, Any], known: Secrets) -> bool:
    return row.get("username") == known.staff.user and not row.get("roles")


def _publisher_names() -> list[str]:
    return [publisher.name for publisher in PUBLISHERS]


def _filled(known: dict[str, str], *names: str) -> dict[str, str]:
    return {name: known.get(name) or _password() for name in names}


def _password() -> str:
    return secrets.token_urlsafe(KEY_BYTES)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
