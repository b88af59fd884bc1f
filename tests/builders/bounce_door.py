"""Who knocks at the door for bounces, and who listens behind it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiosmtplib
from aiosmtplib import SMTP

from services.notification.clients.return_paths import ReturnPaths
from services.notification.domain.bounces import Bounced

PATHS = ReturnPaths("a link key of some length", "bounces.example.org")


class Ear:
    """Keeps what it is told, or fails as it is told to."""

    def __init__(self) -> None:
        self.heard: list[Bounced] = []
        self.failing: Exception | None = None

    async def hear(self, bounced: Bounced) -> None:
        if self.failing:
            raise self.failing
        self.heard.append(bounced)


@asynccontextmanager
async def a_mail_server(port: int) -> AsyncIterator[SMTP]:
    """What brings bounces to the door."""
    server = SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=10)
    await server.connect()
    try:
        yield server
    finally:
        server.close()


async def bring(port: int, report: bytes, message_id: str) -> None:
    async with a_mail_server(port) as server:
        await bring_over(server, report, PATHS.address(message_id))


async def bring_over(server: SMTP, report: bytes, address: str) -> None:
    if server.is_ehlo_or_helo_needed:
        await server.ehlo()
    answer = await server.execute_command(b"MAIL", b"FROM:<>")
    assert answer.code == 250
    await server.rcpt(address)
    await server.data(report)


async def patiently(doing: Callable[[], Awaitable[None]]) -> None:
    """Do it as soon as the door is open."""
    while True:
        with suppress(aiosmtplib.SMTPConnectError):
            return await doing()
        await asyncio.sleep(0.01)
