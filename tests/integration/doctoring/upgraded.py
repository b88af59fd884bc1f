"""A broker as an upgrade finds it: some queues have the arguments of the version before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel

from cli.doctoring.checks import Check
from cli.doctoring.faults import declare_queue, fault_of_queue, is_there
from cli.doctoring.structure import mend, wanted
from shared.topology import Structure, holding_queue
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

OLD_LIMIT = 7


def only(*names: str) -> Structure:
    """Return of what is needed those queues."""
    needed = wanted()
    return Structure(
        [],
        [each for each in needed.queues if each["name"] in names],
        [each for each in needed.bindings if each["destination"] in names],
    )


class Upgraded(Broker):
    """All is as it should be when it is closed."""

    channel: AbstractChannel
    old: Structure

    @classmethod
    @asynccontextmanager
    async def with_old(cls, servers: TestServers, *names: str) -> AsyncIterator["Upgraded"]:
        """Open a broker on which those queues are old."""
        async with cls.of(servers) as broker:
            operator = await aio_pika.connect(servers.rabbit["operator"])
            async with operator:
                broker.channel = await operator.channel(on_return_raises=True)
                broker.old = only(*names)
                await broker.make_old()
                yield broker
                await broker.mended()

    async def make_old(self) -> None:
        for each in self.old.queues:
            arguments = {**each["arguments"], "x-delivery-limit": OLD_LIMIT}
            await self.channel.queue_delete(each["name"])
            await declare_queue(self.channel, {**each, "arguments": arguments})
        for each in self.old.bindings:
            queue = await self.channel.get_queue(each["destination"], ensure=False)
            await queue.bind(each["source"], each["routing_key"])

    async def mended(self, urls: dict[str, str] | None = None) -> list[Check]:
        return await mend(self.channel, self.old, urls or {}, print)

    async def faults(self) -> list[str | None]:
        return [await fault_of_queue(self.channel, each) for each in self.old.queues]

    async def is_moving(self, name: str) -> bool:
        return await is_there(self.channel, holding_queue(name))

    async def ids(self, name: str) -> set[str | None]:
        return {message.message_id for message in await self.taken(name)}
