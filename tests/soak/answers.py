"""The answers that a publisher gets, read as it must: acknowledged, however often one comes."""

import asyncio
import json
from collections import defaultdict
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from shared.topology import answer_queue
from tests.soak.connections import CONNECT_SECONDS, went_well
from tests.soak.history import SOURCE

AT_ONCE = 500
PAUSE_SECONDS = 0.5


class Answers:
    """By the publisher's own event id: the ids of the answers that say it was accepted."""

    def __init__(self, publisher: dict[str, Any]) -> None:
        self._url = f"{publisher['amqp_url']}?heartbeat=10"
        self.accepted: defaultdict[str, set[str]] = defaultdict(set)
        self.rejected: defaultdict[str, set[str]] = defaultdict(set)

    async def run(self) -> None:
        """Read until cancelled, through every loss of the broker."""
        while True:
            await went_well(self._read(), None)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _read(self) -> None:
        connection = await aio_pika.connect(self._url, timeout=CONNECT_SECONDS)
        async with connection:
            async with asyncio.timeout(CONNECT_SECONDS):
                channel = await connection.channel()
                await channel.set_qos(AT_ONCE)
                queue = await channel.get_queue(answer_queue(SOURCE), ensure=False)
                await queue.consume(self._take)
            await asyncio.wait([asyncio.ensure_future(channel.closed())])

    async def _take(self, message: AbstractIncomingMessage) -> None:
        answer = json.loads(message.body)
        found = self.accepted if answer["data"]["status"] == "accepted" else self.rejected
        found[answer["data"]["event_id"]].add(answer["id"])
        await message.ack()
