"""What a server must find again at its next start, kept beside the data bound to it."""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from deploy.embedded.folders import write_private
from deploy.embedded.ports import free_port, is_free

_FILE = "remembered.json"


class Memory(BaseModel):
    """One server's lasting identity."""

    model_config = ConfigDict(frozen=True)

    name: str
    secret: str
    ports: tuple[int, ...]
    replica_port: int | None = None

    @classmethod
    def of(cls, folder: Path, *, ports: int) -> Self:
        """Return what the folder remembers; a port that somebody took meanwhile is drawn anew."""
        file = folder / _FILE
        if file.exists():
            memory = cls.model_validate_json(file.read_bytes())
        else:
            memory = cls(
                name=f"wlc-{secrets.token_hex(4)}", secret=secrets.token_hex(), ports=(0,) * ports
            )
        usable = memory.model_copy(update={"ports": _usable(memory.ports)})
        usable.keep(folder)
        return usable

    def keep(self, folder: Path) -> None:
        """Write it into the folder."""
        write_private(folder / _FILE, self.model_dump_json())

    def secret_for(self, purpose: str) -> str:
        """Return a secret of its own for each purpose, the same at every start."""
        return hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _usable(ports: tuple[int, ...]) -> tuple[int, ...]:
    chosen: list[int] = []
    for port in ports:
        chosen.append(port if port and is_free(port) else free_port((*ports, *chosen)))
    return tuple(chosen)
