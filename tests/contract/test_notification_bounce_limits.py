"""How much, how often and how long the door for bounces lets anybody in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID, uuid4

import aiosmtplib
import pytest

from services.notification.clients.bounces import BounceDoor
from services.notification.clients.bounces.connection import (
    LARGEST_BYTES,
    MOST_BYTES,
    MOST_CONNECTIONS,
)
from tests.builders import bounces
from tests.builders.bounce_door import PATHS, Ear, a_mail_server, bring, bring_over, patiently

REPORT = bounces.postfix_unknown()
INTO_TEXT = ("EHLO a", "MAIL FROM:<>", f"RCPT TO:<{PATHS.address(str(UUID(int=7)))}>", "DATA")


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def port(ear: Ear) -> AsyncIterator[int]:
    """An open door."""
    async with BounceDoor(PATHS, ear.hear, host="127.0.0.1", port=None).open() as port:
        yield port


@pytest.mark.parametrize("port", [None, 0])
async def test_without_a_port_there_is_no_door_and_nothing_ends(port: int | None, ear: Ear) -> None:
    running = asyncio.create_task(BounceDoor(PATHS, ear.hear, host="127.0.0.1", port=port).run())
    await asyncio.sleep(0)

    assert not running.done()
    running.cancel()


async def test_a_large_report_is_refused_whether_its_size_is_told_or_not(
    ear: Ear, port: int
) -> None:
    address, large = PATHS.address(str(uuid4())), b"x" * 70 + b"\r\n"

    async with a_mail_server(port) as server:
        with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
            await bring_over(server, REPORT + large * (LARGEST_BYTES // 70), address)
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as told:
            await server.mail("a@example.org", options=[f"SIZE={LARGEST_BYTES + 1}"])

    assert (refusal.value.code, told.value.code) == (552, 552)
    assert ear.heard == []


@pytest.mark.parametrize("endless", [b"x", b"x\n", b"NOOP x\r\n"])
@pytest.mark.parametrize("before", [(), INTO_TEXT], ids=["command", "text"])
async def test_who_never_ends_is_sent_away(
    endless: bytes, before: tuple[str, ...], port: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in before:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()

    with suppress(ConnectionError):
        for _ in range(4 * MOST_BYTES // 4096):
            writer.write(endless * (4096 // len(endless)))
            await writer.drain()
    with suppress(ConnectionError):
        while await reader.read(1 << 16):
            pass

    assert reader.at_eof() or reader.exception()
    writer.close()


async def test_who_comes_when_it_is_full_is_to_come_again(ear: Ear, port: int) -> None:
    holding = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_CONNECTIONS)]
    for reader, _ in holding:
        await reader.readline()

    with pytest.raises(aiosmtplib.SMTPConnectResponseError) as refusal:
        await bring(port, REPORT, str(uuid4()))

    assert refusal.value.code == 421
    for _, writer in holding:
        writer.close()
        await writer.wait_closed()
    await patiently(lambda: bring(port, REPORT, str(uuid4())))
    assert len(ear.heard) == 1


async def test_nobody_logs_in_or_asks_for_an_address(port: int) -> None:
    async with a_mail_server(port) as server:
        await server.ehlo()
        login = await server.execute_command(b"AUTH", b"PLAIN", b"AGEAYg==")
        asked = await server.execute_command(b"VRFY", PATHS.address(str(uuid4())).encode())

    assert not server.supports_extension("auth")
    assert login.code >= 500
    assert asked.code == 252
