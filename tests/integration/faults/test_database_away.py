"""The database is away: at the start, killed, or frozen, with messages and due work under way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from shared import topology
from shared.contracts.participants import ParticipantLeft
from shared.mongo import Database
from tests.builders.deliveries import person_registered
from tests.integration.delivery.broker import Broker
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import PATIENCE_SECONDS, counting

pytestmark = pytest.mark.asyncio(loop_scope="session")

AWAY = "MongoDB is away"
DUE_IN_SECONDS = 3
GIVEN_UP_SECONDS = 8
"""The driver looks for a server for 5 seconds before a query fails."""


@asynccontextmanager
async def broken(way: str, breakable: Breakable) -> AsyncIterator[None]:
    if way == "killed":
        async with breakable.killed("mongod"):
            yield
    else:
        with breakable.frozen("mongod"):
            yield


def called_back_later() -> ParticipantLeft:
    person = person_registered(sequence=DUE_IN_SECONDS)
    return ParticipantLeft.model_validate(person.model_dump(exclude={"type"}))


async def counted(store: Database, people: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await store["sightings"].count_documents({}) < people:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("way", ["killed", "frozen"])
async def test_messages_and_due_work_outlast_the_database_and_have_their_effect_once(
    way: str, breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with (
        Broker.of(breakable.servers) as broker,
        counting(breakable.servers, store, tmp_path) as service,
    ):
        await service.says(reason=None)
        await broker.say(called_back_later())
        await broker.depth_within(topology.queue("matching"), wanted=0)
        await broker.say(*(person_registered() for _ in range(400)))
        async with broken(way, breakable):
            await service.says(reason=AWAY)
            status, _ = await service.readiness()
            await asyncio.sleep(GIVEN_UP_SECONDS)
        await service.says(reason=None)
        await counted(store, 401)
        told = await broker.taken(topology.queue("console"))

    assert status == 503
    assert {row["times"] for row in await store["sightings"].find().to_list(None)} == {1}
    ids = [message.message_id for message in told if message.type == "wlc.match.cancelled.v1"]
    assert len(set(ids)) == 400
    assert service.warnings()["not_ready"] == 1
    assert set(service.warnings()) <= {"not_ready", "message_handled", "outbox_rows_left"}


@pytest.mark.parametrize("way", ["killed", "frozen"])
async def test_a_service_waits_for_a_database_that_is_away_at_its_start(
    way: str, breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with AsyncExitStack() as services:
        async with broken(way, breakable):
            service = await services.enter_async_context(
                counting(breakable.servers, store, tmp_path)
            )
            await service.says(reason=AWAY)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not service.lines("waiting_for_server"):
                    await asyncio.sleep(0.1)
        await service.says(reason=None)

    assert service.warnings() == {"waiting_for_server": 1}
