"""The SMTP server that bounces come back to. It takes mail for return paths of ours, and no other.

It answers yes only when what a report says has been heard and kept: until then the mail server
that brought it keeps it, and brings it again.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiosmtpd.smtp import Envelope, Session

from services.notification.clients.bounces.connection import DoorConnection
from services.notification.clients.bounces.report import Said, read
from services.notification.clients.return_paths import ReturnPaths
from services.notification.domain.bounces import Bounced
from shared.errors import AppError
from shared.log import frames

logger = structlog.get_logger()

TAKEN = "250 2.0.0 heard"
RECIPIENT = "250 2.1.5 ok"
NOT_OURS = "550 5.1.1 no such address"
ONE_ONLY = "452 4.5.3 one recipient at a time"
NOT_NOW = "451 4.3.0 try again later"
UNKNOWN = "252 2.1.5 send some mail, I will try my best"

TALKATIVE = ("mail.log", "flufl.bounce")
"""Libraries that log what servers say and addresses (aiosmtpd 1.4.6), or each step (6.0)."""

Hear = Callable[[Bounced], Awaitable[None]]


class BounceDoor:
    """Listens at `host` and `port`; without a port there is no door.

    `hear` keeps what a report says; the same report may be told again, under the same
    `received_id`.
    """

    def __init__(self, paths: ReturnPaths, hear: Hear, *, host: str, port: int | None) -> None:
        self._paths = paths
        self._hear = hear
        self._host = host
        self._port = port
        self._connections: set[DoorConnection] = set()

    async def run(self) -> None:
        """Serve until cancelled. Raises OSError when the port is taken."""
        if not self._port:
            await asyncio.Event().wait()
        async with self.open():
            await asyncio.Event().wait()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Serve meanwhile; yields the port, a free one where none is named."""
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._connection, self._host, self._port or 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for connection in list(self._connections):
                connection.close()
            await server.wait_closed()

    def _connection(self) -> DoorConnection:
        return DoorConnection(self, hostname=self._paths.domain, opened=self._connections)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._paths.message_id(address) is None:
            return NOT_OURS
        if envelope.rcpt_tos:
            return ONE_ONLY
        envelope.rcpt_tos.append(address)
        return RECIPIENT

    async def handle_VRFY(self, *_: Any) -> str:  # noqa: N802 - the name that aiosmtpd calls
        return UNKNOWN

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Session, envelope: Envelope
    ) -> str:
        message_id = self._paths.message_id(envelope.rcpt_tos[0])
        content = envelope.original_content
        if message_id is None or content is None:
            return NOT_OURS
        said = await asyncio.to_thread(_said, content)
        if said is None:
            logger.info("mail_not_a_bounce", message_id=message_id)
            return TAKEN
        received_id = hashlib.sha256(content).hexdigest()
        return await self._told(Bounced(message_id, said.outcome, said.code, received_id))

    async def handle_exception(self, error: Exception) -> str:
        """Answer what aiosmtpd did not foresee: with nothing of the error's own words."""
        logger.error("bounce_door_broke", error_type=type(error).__name__, exc_frames=frames(error))
        return NOT_NOW

    async def _told(self, bounced: Bounced) -> str:
        about = {"message_id": bounced.message_id, "outcome": bounced.outcome.value}
        try:
            await self._hear(bounced)
        except AppError as error:
            logger.warning("bounce_not_heard", error_code=error.code, **about)
            return NOT_NOW if error.retryable else TAKEN
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail server keeps the report
            kind = type(error).__name__
            logger.error("bounce_not_heard", error_type=kind, exc_frames=frames(error), **about)  # noqa: TRY400 - the text of an error may hold an address
            return NOT_NOW
        logger.info("bounce_heard", status=bounced.code, **about)
        return TAKEN


def _said(content: bytes) -> Said | None:
    """Return what a report says; one that breaks its reader would break it each time it came."""
    try:
        return read(content)
    except Exception as error:  # noqa: BLE001 - anything may be sent here
        logger.error("bounce_unreadable", error_type=type(error).__name__, exc_frames=frames(error))  # noqa: TRY400 - the text of an error may hold an address
        return None
