"""What is done to dead letters: whoever drops them is asked first, and each is written down."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import DeliveryMode

from shared import topology
from tests.builders.commands import wlc
from tests.fakes.service_ports import FakePorts, fake_ports
from tests.servers import TestServers

BURIAL = topology.dead_letter_key("matching")


@pytest.fixture
def console(servers: TestServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePorts]:
    monkeypatch.setenv("WLC_RABBIT_URL", servers.rabbit["operator"])
    monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
    with fake_ports() as server:
        monkeypatch.setenv("WLC_CONSOLE_URL", server.url_of("console"))
        yield server


async def a_dead_letter(servers: TestServers, message_id: str, body: bytes = b"{}") -> None:
    async with await aio_pika.connect(servers.rabbit["matching"]) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(
            body, message_id=message_id, delivery_mode=DeliveryMode.PERSISTENT
        )
        retry = await channel.get_exchange(topology.RETRY, ensure=False)
        await retry.publish(message, BURIAL)


@pytest.mark.parametrize(
    ("typed", "exit_code", "said", "left"),
    [("n\n", 1, "wlc: nothing was deleted.", True), ("y\n", 0, "deleted: 1", False)],
)
async def test_a_dead_letter_is_deleted_only_after_a_yes(
    servers: TestServers,
    console: FakePorts,
    typed: str,
    exit_code: int,
    said: str,
    *,
    left: bool,
) -> None:
    message_id = str(uuid4())
    await a_dead_letter(servers, message_id)

    ended = await asyncio.to_thread(wlc, "dead-letters", "drop", message_id, typed=typed)
    listed = await asyncio.to_thread(wlc, "dead-letters", "list", "--json")

    assert ended.exit_code == exit_code
    assert ended.stderr.endswith(f"{said}\n")
    assert (message_id in listed.stdout) == left
    noted = ("dead_letter_dropped", f"matching/{message_id}")
    assert console.written_down == ([] if left else [noted])


async def test_who_reads_the_content_of_one_is_written_down_before_it_is_shown(
    servers: TestServers, console: FakePorts
) -> None:
    message_id = str(uuid4())
    await a_dead_letter(servers, message_id, b'{"about": "Zanzibarbara"}')

    plain = await asyncio.to_thread(wlc, "dead-letters", "show", message_id)
    console.writes_down = 503
    refused = await asyncio.to_thread(wlc, "dead-letters", "show", message_id, "--body")
    console.writes_down, console.written_down = 201, []
    shown = await asyncio.to_thread(wlc, "dead-letters", "show", message_id, "--body")

    assert (plain.exit_code, refused.exit_code, shown.exit_code) == (0, 3, 0)
    assert "Zanzibarbara" not in plain.output + refused.output
    assert "Zanzibarbara" in shown.stdout
    assert console.written_down == [("dead_letter_read", f"matching/{message_id}")]


async def test_an_id_that_a_stranger_made_is_written_down_by_its_digest_when_it_is_put_back(
    servers: TestServers, console: FakePorts
) -> None:
    await a_dead_letter(servers, "Ann Lee")

    ended = await asyncio.to_thread(wlc, "dead-letters", "replay", "Ann Lee")

    assert ended.stderr == "put back: 1\n"
    [(what, about)] = console.written_down
    assert (what, about[:16]) == ("dead_letter_replayed", "matching/sha256:")
