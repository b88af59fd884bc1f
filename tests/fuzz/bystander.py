"""The broker as seen from outside: who may publish what, and what has ended where."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from aiormq.abc import AbstractChannel

from shared import topology
from tests.fuzz.properties import RawProperties
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Letter:
    """A message as it is given to the broker; `user` may be nobody."""

    body: bytes
    key: str
    properties: RawProperties = field(default_factory=RawProperties)


@dataclass(frozen=True)
class Bystander:
    """Publishes as other systems and as the operator, and looks into dead letters.

    Its loop stands still between two calls, so its connections have no heartbeat.
    """

    runner: asyncio.Runner
    broker: Broker
    publisher: AbstractChannel
    operator: AbstractChannel

    @classmethod
    @asynccontextmanager
    async def beside(
        cls, servers: TestServers, runner: asyncio.Runner
    ) -> AsyncIterator["Bystander"]:
        patient = {user: f"{url}?heartbeat=0" for user, url in servers.rabbit.items()}
        publisher = await aio_pika.connect(patient["nwl-trust"])
        operator = await aio_pika.connect(patient["operator"])
        async with publisher, operator, Broker.of(replace(servers, rabbit=patient)) as broker:
            channels = [await each.channel() for each in (publisher, operator)]
            yield cls(runner, broker, *[await each.get_underlay_channel() for each in channels])

    def submit(self, letters: Sequence[Letter]) -> None:
        """Publish to the door for other systems; each is confirmed."""
        self._publish(self.publisher, topology.INBOUND, letters)

    def requeue(self, letters: Sequence[Letter]) -> None:
        """Publish to a service's own queue, as its operator may; each is confirmed."""
        self._publish(self.operator, topology.REQUEUE, letters)

    def depth(self, queue: str) -> int:
        """Return how many messages lie in a queue."""
        return self.runner.run(self.broker.depth(queue))

    def dead(self, service: str) -> list[AbstractIncomingMessage]:
        """Take what a service could not handle."""
        return self.runner.run(self.broker.taken(topology.dead_letter_queue(service)))

    def _publish(self, by: AbstractChannel, exchange: str, letters: Sequence[Letter]) -> None:
        async def all_confirmed() -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.gather(
                    *(
                        by.basic_publish(
                            letter.body,
                            exchange=exchange,
                            routing_key=letter.key,
                            properties=letter.properties,
                            mandatory=True,
                        )
                        for letter in letters
                    )
                )

        self.runner.run(all_confirmed())


def wait_for(count: Callable[[], int], wanted: int) -> int:
    """Return the count as soon as it is what is wanted, or at the end of patience."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (found := count()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return found
