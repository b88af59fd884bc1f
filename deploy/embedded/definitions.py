"""What the private broker is told to hold, in RabbitMQ's own JSON."""

import base64
import hashlib
import secrets
from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue

PROBE = "embedded-probe"
_SALT_BYTES = 4


def password_hash(password: str) -> str:
    """Return RabbitMQ's salted SHA-256 form (`rabbit_password_hashing_sha256`)."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


class Definitions(BaseModel):
    """RabbitMQ's definitions; named are only the parts that are read or added to here."""

    model_config = ConfigDict(frozen=True, extra="allow")

    vhosts: tuple[dict[str, JsonValue], ...] = ()
    users: tuple[dict[str, JsonValue], ...] = ()
    permissions: tuple[dict[str, JsonValue], ...] = ()
    queues: tuple[dict[str, JsonValue], ...] = ()
    exchanges: tuple[dict[str, JsonValue], ...] = ()

    @property
    def first_vhost(self) -> str:
        return str(self.vhosts[0]["name"]) if self.vhosts else "/"

    def without_strangers(self, known: Self | None) -> Self:
        """Lock out whom an earlier start knew and this one does not.

        RabbitMQ adds and changes by definitions but never removes: a user taken out of them would
        keep its password.
        """
        named = {str(user["name"]) for user in self.users}
        strangers = [] if known is None else [str(user["name"]) for user in known.users]
        locked_out = [_user(name, secrets.token_hex()) for name in strangers if name not in named]
        return self.model_copy(update={"users": (*self.users, *locked_out)})

    def with_probe(self, password: str) -> Self:
        """Add a user who may sign in and nothing else, to find out whether the broker answers."""
        others = [user for user in self.users if user["name"] != PROBE]
        rights: dict[str, JsonValue] = dict.fromkeys(("configure", "write", "read"), "^$")
        rights |= {"user": PROBE, "vhost": self.first_vhost}
        return self.model_copy(
            update={
                "vhosts": self.vhosts or ({"name": self.first_vhost},),
                "users": (*others, _user(PROBE, password)),
                "permissions": (*self.permissions, rights),
            }
        )


def _user(name: str, password: str) -> dict[str, JsonValue]:
    return {
        "name": name,
        "password_hash": password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }
