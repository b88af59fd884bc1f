"""One connection to the door for bounces: how much, how often and how long."""

import asyncio
from typing import Any, cast

from aiosmtpd.smtp import SMTP

LARGEST_BYTES = 256 << 10
LONGEST_LINE = 64 << 10
"""Longer than SMTP allows: what other servers return need not be refused for its form."""

MOST_BYTES = 2 * LARGEST_BYTES
SILENT_SECONDS = 60.0
LONGEST_SECONDS = 600.0
MOST_CONNECTIONS = 20
COMMANDS = {"*": 20, "NOOP": 100} | dict.fromkeys(("MAIL", "RCPT", "DATA", "RSET"), 1000)

TOO_MANY = b"421 4.7.0 too many connections\r\n"


class DoorConnection(SMTP):
    """Takes mails up to 256 KiB, one after the other; no encryption, no login.

    aiosmtpd 1.4.6 keeps a line that never ends, and lets a client stay as long as it says
    something: hence the limits on bytes between two mails, and on time.
    """

    line_length_limit = LONGEST_LINE

    def __init__(self, handler: Any, *, hostname: str, opened: "set[DoorConnection]") -> None:
        super().__init__(
            handler,
            data_size_limit=LARGEST_BYTES,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="bounces",
            timeout=SILENT_SECONDS,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=COMMANDS,
        )
        self._opened = opened
        self._is_refused = False
        self._bytes = 0
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        self._is_refused = len(self._opened) >= MOST_CONNECTIONS
        if self._is_refused:
            transport.write(TOO_MANY)
            transport.close()
            return
        self._opened.add(self)
        self._end = self.loop.call_later(LONGEST_SECONDS, self.close)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_refused:
            return
        self._opened.discard(self)
        if self._end:
            self._end.cancel()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            self.close()
            return
        super().data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._is_refused else super().eof_received()

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - the name that aiosmtpd calls
        self._bytes = 0
        await super().smtp_MAIL(arg)

    def close(self) -> None:
        """Close it now, whatever is under way: who was not answered brings the report again."""
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()
