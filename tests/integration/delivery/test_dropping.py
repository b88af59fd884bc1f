"""Whoever drops dead letters is asked first; a no deletes nothing, and does not look like a yes."""

import asyncio
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import DeliveryMode

from shared import topology
from tests.builders.commands import wlc
from tests.servers import TestServers

BURIAL = topology.dead_letter_key("matching")


@pytest.mark.parametrize(
    ("typed", "exit_code", "said", "left"),
    [("n\n", 1, "wlc: nothing was deleted.", True), ("y\n", 0, "deleted: 1", False)],
)
async def test_a_dead_letter_is_deleted_only_after_a_yes(
    servers: TestServers,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    exit_code: int,
    said: str,
    *,
    left: bool,
) -> None:
    url, message_id = servers.rabbit["operator"], str(uuid4())
    monkeypatch.setenv("WLC_RABBIT_URL", url)
    async with await aio_pika.connect(servers.rabbit["matching"]) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(
            b"{}", message_id=message_id, delivery_mode=DeliveryMode.PERSISTENT
        )
        retry = await channel.get_exchange(topology.RETRY, ensure=False)
        await retry.publish(message, BURIAL)

    ended = await asyncio.to_thread(wlc, "dead-letters", "drop", message_id, typed=typed)
    listed = await asyncio.to_thread(wlc, "dead-letters", "list", "--json")

    assert ended.exit_code == exit_code
    assert ended.stderr.endswith(f"{said}\n")
    assert (message_id in listed.stdout) == left
