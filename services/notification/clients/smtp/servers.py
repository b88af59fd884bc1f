"""A mail server: where it is, and connections to it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Literal

from aiosmtplib import SMTP

IDLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the mail server is, and how to be let in.

    With a `ca_file`, certificates of that authority alone are trusted.
    """

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20.0
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """What it is called where it is noted who took a message."""
        return f"{self.host}:{self.port}"


class Connections:
    """Opens connections to one server, and keeps those that are not in use.

    Raises OSError at once when the `ca_file` cannot be read.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._tls = _trusting(server.ca_file) if server.tls != "none" else None
        self._idle: list[tuple[SMTP, float]] = []

    async def open(self) -> SMTP:
        """Return a new connection that has said what it can do. Raises what aiosmtplib does."""
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=self._tls,
            username=server.user,
            password=server.password,
            timeout=server.timeout_seconds,
        )
        await connection.connect()
        try:
            if connection.is_ehlo_or_helo_needed:
                await connection.ehlo()
        except BaseException:
            connection.close()
            raise
        return connection

    def idle(self) -> SMTP | None:
        """Return one that was used before and still stands."""
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_connected and monotonic() - since < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    def keep(self, connection: SMTP) -> None:
        """Keep one for the next e-mail, if it still stands."""
        if connection.is_connected:
            self._idle.append((connection, monotonic()))

    def close_idle(self, seconds: float) -> None:
        """Close those that nobody needed for so long."""
        too_old = monotonic() - seconds
        for connection, since in self._idle:
            if since <= too_old:
                connection.close()
        self._idle = [(connection, since) for connection, since in self._idle if since > too_old]


def _trusting(authority: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority)
