"""Wherever a service is killed, a message has its effect once and is told once."""

import asyncio

import pytest
from motor.motor_asyncio import AsyncIOMotorCollection

from shared import topology
from shared.mongo import Database, Document
from tests.builders.deliveries import person_registered
from tests.integration.delivery.broker import Broker
from tests.integration.delivery.processes import the_service
from tests.servers import TestServers

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
