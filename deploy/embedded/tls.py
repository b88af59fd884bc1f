"""With which files a server talks by TLS."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Tls:
    """What a server shows, in one file with its key, and whom those who ask it trust."""

    file: Path
    authority: Path


def tls_options(authority: Path | None) -> dict[str, Any]:
    """Return what MongoDB's client is told to trust that authority; nothing without one."""
    return {} if authority is None else {"tls": True, "tlsCAFile": str(authority)}
