"""What the broker writes down of a message that breaks a channel: nothing of what it says."""

import asyncio
from pathlib import Path

import aiormq
import pytest
from aiormq.exceptions import AMQPError

from deploy.accounts import Secrets, broker_definitions
from deploy.embedded import Rabbit, running
from shared import topology
from tests.fuzz.properties import RawProperties, table

CANARY = b"somebody@example.org"


async def test_a_message_that_breaks_its_channel_is_not_in_the_brokers_log(tmp_path: Path) -> None:
    secrets = Secrets.kept_in(tmp_path / "secrets.json")
    server = Rabbit(tmp_path / "rabbitmq", broker_definitions(secrets))
    name = next(iter(secrets.publisher_keys))
    async with running(server):
        connection = await aiormq.connect(server.url(name, secrets.rabbit[name], topology.VHOST))
        channel = await connection.channel(publisher_confirms=True)
        broken = RawProperties(headers=table(b"\x05abc"))
        with pytest.raises((AMQPError, asyncio.CancelledError)):
            await channel.basic_publish(
                CANARY,
                exchange=topology.INBOUND,
                routing_key="wlc.participant.submitted.v1",
                properties=broken,
            )
        await asyncio.sleep(1)  # for the broker to write down what it does

    written = [file for file in server.folder.rglob("*.log") if CANARY in file.read_bytes()]
    assert not written
