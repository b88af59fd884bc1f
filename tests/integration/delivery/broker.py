"""The broker as a bystander sees it: says events as intake, hears what console would hear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, DeliveryMode

from shared import topology
from shared.contracts.base import Event
from shared.outbox import Envelope, envelope
from tests.servers import TestServers


class Broker:
    """All queues are empty when it is opened and when it is closed."""

    def __init__(self, intake: AbstractChannel, operator: AbstractChannel) -> None:
        self._intake = intake
        self._operator = operator

    @classmethod
    @asynccontextmanager
    async def of(cls, servers: TestServers) -> AsyncIterator["Broker"]:
        intake = await aio_pika.connect(servers.rabbit["intake"])
        operator = await aio_pika.connect(servers.rabbit["operator"])
        async with intake, operator:
            broker = cls(await intake.channel(on_return_raises=True), await operator.channel())
            await broker.empty()
            yield broker
            await broker.empty()

    async def empty(self) -> None:
        for service in topology.ROUTES:
            main = topology.queue(service)
            waits = [f"{main}.wait.{tier}" for tier in topology.WAIT_SECONDS]
            for name in (main, topology.dead_letter_queue(service), *waits):
                queue = await self._operator.get_queue(name, ensure=False)
                await queue.purge()

    async def say(self, *events: Event, reply_to: str | None = None) -> None:
        await asyncio.gather(*(self._say(envelope(event), reply_to) for event in events))

    async def say_raw(self, body: bytes, *, kind: str) -> None:
        await self._say(
            Envelope(str(uuid4()), kind, "wlc.participant.registered.v1", body, "c-1"), None
        )

    async def _say(self, item: Envelope, reply_to: str | None) -> None:
        exchange = await self._intake.get_exchange(topology.EVENTS, ensure=False)
        message = aio_pika.Message(
            item.body,
            message_id=item.id,
            correlation_id=item.correlation_id,
            type=item.type,
            content_type=item.content_type,
            delivery_mode=DeliveryMode.PERSISTENT,
            reply_to=reply_to,
        )
        await exchange.publish(message, item.routing_key)

    async def told(self, cause: Event, *, at_least: int) -> list[AbstractIncomingMessage]:
        """Return what was said because of that event, once there is enough and it is quiet."""
        found: list[AbstractIncomingMessage] = []
        queue = await self._operator.get_queue(topology.queue("console"), ensure=False)
        quiet = 0
        async with asyncio.timeout(30):
            while len(found) < at_least or quiet < 10:
                message = await queue.get(no_ack=True, fail=False)
                quiet = quiet + 1 if message is None else 0
                if message and cause.id.encode() in message.body and message.message_id != cause.id:
                    found.append(message)
                await asyncio.sleep(0.1 if message is None else 0)
        return found

    async def taken(self, name: str) -> list[AbstractIncomingMessage]:
        """Take all that lies in a queue."""
        queue = await self._operator.get_queue(name, ensure=False)
        found = []
        while message := await queue.get(no_ack=True, fail=False):
            found.append(message)
        return found

    async def depth(self, name: str) -> int:
        queue = await self._operator.declare_queue(name, passive=True)
        return queue.declaration_result.message_count or 0

    async def readers(self, name: str) -> int:
        queue = await self._operator.declare_queue(name, passive=True)
        return queue.declaration_result.consumer_count or 0

    async def depth_within(self, name: str, *, wanted: int, seconds: float = 20) -> int:
        """Return the depth as soon as it is what is wanted, or at the end of the time."""
        for _ in range(int(seconds / 0.1)):
            if await self.depth(name) == wanted:
                break
            await asyncio.sleep(0.1)
        return await self.depth(name)
