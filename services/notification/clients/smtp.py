"""Handing e-mails to the SMTP server over a few connections that stay open."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from time import monotonic
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTP

from services.notification.domain import RefusedError
from shared.errors import UnavailableError

PERMANENT = 500
ACCESS_FAULTS = frozenset({530, 534, 535, 538})
"""Permanent by number, but about our own access to the server: nothing to tell a person of."""

IDLE_SECONDS = 20.0
LONGEST_SECONDS = 60.0
"""Well below the lease of due work, waiting for a connection included."""

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the mail server is, and how to be let in."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str | None = None
    timeout_seconds: float = 20.0


class SmtpMailer:
    """See ports.Mailer. At most `connections` e-mails are handed over at once.

    What the server took stays known here, so that a failed commit does not send it again.
    """

    def __init__(self, server: SmtpServer, *, connections: int = 8) -> None:
        self._server = server
        self._free = asyncio.Semaphore(connections)
        self._idle: list[tuple[SMTP, float]] = []
        self._taken: OrderedDict[str, None] = OrderedDict()

    async def send(self, mail: EmailMessage) -> None:
        name = str(mail["Message-ID"])
        if name in self._taken:
            return
        try:
            async with asyncio.timeout(LONGEST_SECONDS), self._free, self._connection() as server:
                await server.send_message(mail)
        except TimeoutError:
            raise UnavailableError("the mail server took too long") from None
        self._taken[name] = None
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)

    async def tidy(self) -> None:
        """Close connections that nobody needed for a while; when cancelled, all of them."""
        try:
            while True:
                await asyncio.sleep(IDLE_SECONDS)
                self._close_idle(IDLE_SECONDS)
        finally:
            self.close()

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._close_idle(0)

    def _close_idle(self, seconds: float) -> None:
        too_old = monotonic() - seconds
        for connection, since in self._idle:
            if since <= too_old:
                connection.close()
        self._idle = [(connection, since) for connection, since in self._idle if since > too_old]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """Lend an open connection; one that met an error is not used again."""
        connection = None
        try:
            connection = self._idle_connection() or await self._connect()
            yield connection
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            if connection and not _is_answer(error):
                connection.close()
            raise _translated(error) from None
        except BaseException:
            if connection:
                connection.close()
            raise
        finally:
            if connection and connection.is_connected:
                self._idle.append((connection, monotonic()))

    def _idle_connection(self) -> SMTP | None:
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_connected and monotonic() - since < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _connect(self) -> SMTP:
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            username=server.user,
            password=server.password,
            timeout=server.timeout_seconds,
        )
        await connection.connect()
        return connection


def _is_answer(error: Exception) -> bool:
    """Whether the server said no in good order, so that the connection is as good as before."""
    refused = (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError)
    return isinstance(error, refused)


def _translated(error: Exception) -> Exception:
    """Return what it means for the message; the server's words may quote an address."""
    codes = [code for code in _codes(error) if code not in ACCESS_FAULTS]
    if codes and all(code >= PERMANENT for code in codes):
        return RefusedError("the mail server refused the message")
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError):
        return RefusedError("the mail server cannot carry this address")
    return UnavailableError("the mail server did not take the message")


def _codes(error: Exception) -> list[int]:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return [refusal.code for refusal in error.recipients]
    return [error.code] if isinstance(error, aiosmtplib.SMTPDataError) else []
