"""What the operator is told when RabbitMQ goes while it is asked something."""

import asyncio

import pytest
from aio_pika.abc import AbstractChannel

from cli.broker import ask, depths
from cli.errors import UNREACHABLE, CommandError
from shared.topology import queue
from tests.servers import TestServers


async def test_a_channel_that_is_gone_is_told_of_as_a_broker_that_is_away(
    servers: TestServers,
) -> None:
    async def looked_at_too_late(channel: AbstractChannel) -> None:
        await channel.close()
        await depths(channel, [queue("intake")])

    with pytest.raises(CommandError, match="RabbitMQ") as refused:
        await asyncio.to_thread(ask, servers.rabbit["operator"], looked_at_too_late)

    assert refused.value.exit_code == UNREACHABLE
