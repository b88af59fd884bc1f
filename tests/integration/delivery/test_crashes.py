"""Wherever a service is killed, a message has its effect once and is told once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from motor.motor_asyncio import AsyncIOMotorCollection

from shared import topology
from shared.mongo import Database, Document
from tests.builders.deliveries import person_registered
from tests.integration.delivery.broker import Broker
from tests.integration.delivery.processes import a_free_port
from tests.servers import TestServers

SERVICE = Path(__file__).with_name("crashing_service.py")
STEPS = [
    "before-commit",
    "after-commit",
    "after-publish",
    "after-outbox-delete",
    "before-ack",
]


async def emptied(rows: AsyncIOMotorCollection[Document]) -> None:
    async with asyncio.timeout(10):
        while await rows.count_documents({}):
            await asyncio.sleep(0.05)


@asynccontextmanager
async def the_service(
    servers: TestServers, database: Database, step: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DATABASE": database.name,
        "MATCHING_PORT": str(a_free_port()),
        "MATCHING_LEASE_SECONDS": "0.5",
        "MATCHING_SWEEP_SECONDS": "0.1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, SERVICE, step, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_between_two_steps_neither_loses_nor_doubles(
    step: str, servers: TestServers, database: Database
) -> None:
    async with Broker.of(servers) as broker:
        event = person_registered()
        await broker.say(event)
        async with the_service(servers, database, step) as doomed:
            async with asyncio.timeout(30):
                assert await doomed.wait() == 137
        assert await broker.depth_within(topology.queue("matching"), wanted=1) == 1

        async with the_service(servers, database, "none"):
            await broker.depth_within(topology.queue("matching"), wanted=0)
            told = await broker.told(event, at_least=1)
            await emptied(database["outbox"])

        [sighting] = await database["sightings"].find().to_list(None)
        assert sighting["times"] == 1
        assert len({message.message_id for message in told}) == 1
        assert await broker.depth(topology.queue("matching")) == 0


async def test_a_kill_between_the_retry_and_the_ack_doubles_the_message_but_not_its_effect(
    servers: TestServers, database: Database
) -> None:
    async with Broker.of(servers) as broker:
        event = person_registered(borough="Away")
        await broker.say(event)
        async with the_service(servers, database, "after-retry-publish") as doomed:
            async with asyncio.timeout(30):
                assert await doomed.wait() == 137

        waiting = await broker.depth(f"{topology.queue('matching')}.wait.5s")
        assert waiting == 1
        assert await broker.depth_within(topology.queue("matching"), wanted=1) == 1
        assert await database["sightings"].count_documents({}) == 0
