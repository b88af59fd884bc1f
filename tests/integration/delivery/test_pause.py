"""A pause of the bus for a backup: nothing is read or published, and all goes on afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from shared import pause, topology
from shared.mongo import Database
from tests.builders.deliveries import Settings, build_app, person_registered
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

QUEUE = topology.queue("matching")


@pytest.fixture
async def broker(servers: TestServers) -> AsyncIterator[Broker]:
    async with Broker.of(servers) as broker:
        yield broker


def started(servers: TestServers, database: Database) -> AbstractAsyncContextManager[object]:
    """The counting service in this process, for as long as the context lasts."""
    app = build_app(
        Settings(
            rabbit_url=servers.rabbit["matching"],
            mongo_url=servers.mongo_url,
            database=database.name,
            port=1,
        )
    )
    return app.router.lifespan_context(app)


@pytest.fixture
async def service(
    servers: TestServers, database: Database, broker: Broker
) -> AsyncIterator[Database]:
    async with started(servers, database):
        yield database


async def ask_for_pause(database: Database, seconds: float) -> None:
    until: dict[str, Any] = {"$add": ["$$NOW", round(seconds * 1000)]}
    await database[pause.PAUSES].update_one(
        {"_id": pause.FOR_BACKUP}, [{"$set": {"until": until}}], upsert=True
    )


async def until_read(broker: Broker, database: Database, messages: int) -> None:
    async with asyncio.timeout(30):
        while await database["inbox"].count_documents({}) < messages:
            await asyncio.sleep(0.05)
        while await database["outbox"].count_documents({}):
            await asyncio.sleep(0.05)


async def until_readers(broker: Broker, count: int) -> None:
    async with asyncio.timeout(30):
        while await broker.readers(QUEUE) != count:
            await asyncio.sleep(0.1)


async def test_in_a_pause_messages_wait_and_afterwards_each_has_its_effect_once(
    broker: Broker, service: Database
) -> None:
    before, after = ([person_registered() for _ in range(50)] for _ in range(2))
    await broker.say(*before)
    await ask_for_pause(service, 600)
    await until_readers(broker, 0)
    waited = await broker.depth(QUEUE)
    await broker.say(*after)
    told = await broker.taken(topology.queue("console"))
    depth_in_pause = await broker.depth(QUEUE)

    await ask_for_pause(service, 0)
    await until_read(broker, service, 100)

    told += await broker.taken(topology.queue("console"))
    assert depth_in_pause == waited + 50
    assert await service["sightings"].count_documents({"times": 1}) == 100
    assert len({each.message_id for each in told}) == 200
    await until_readers(broker, 1)


async def test_a_pause_that_nobody_puts_off_ends_by_itself(
    broker: Broker, service: Database
) -> None:
    await ask_for_pause(service, 2)
    await until_readers(broker, 0)
    await broker.say(person_registered())

    await until_read(broker, service, 1)

    assert await service["sightings"].count_documents({}) == 1


async def test_a_service_that_starts_in_a_pause_reads_nothing_until_it_ends(
    servers: TestServers, database: Database, broker: Broker
) -> None:
    await ask_for_pause(database, 600)
    await broker.say(person_registered())
    async with started(servers, database):
        async with asyncio.timeout(30):
            while "sightings" not in await database.list_collection_names():
                await asyncio.sleep(0.05)
        read_in_pause = await broker.readers(QUEUE)

        await ask_for_pause(database, 0)
        await until_read(broker, database, 1)

    assert read_in_pause == 0
