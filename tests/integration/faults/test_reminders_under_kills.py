"""Two replicas work off reminders while one of them and the database are killed."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from services.scheduling.use_cases.asking import REMINDERS
from shared import topology
from shared.mongo import Database
from shared.transaction import NEVER
from tests.bench.reminders import store_backlog
from tests.builders.exclusions import KEY_TEXT
from tests.integration.delivery.broker import Broker
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import LEASE_SECONDS, Running, emptied, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNT = 3_000
PROGRAM = ["-m", "tests.bench.by_day"]


@asynccontextmanager
async def two_replicas(
    breakable: Breakable, store: Database, folder: Path
) -> AsyncIterator[list[Running]]:
    environment = {
        "SCHEDULING_RABBIT_URL": breakable.servers.rabbit["scheduling"],
        "SCHEDULING_MONGO_URL": breakable.servers.mongo_url,
        "SCHEDULING_DEVELOPMENT": "true",
        "SCHEDULING_EXCLUSION_KEY": KEY_TEXT,
        "SCHEDULING_DATABASE": store.name,
        "SCHEDULING_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    async with AsyncExitStack() as stack:
        found = []
        for name in ("one", "two"):
            log = folder / f"{name}.log"
            replica = running(PROGRAM, environment, log, prefix="SCHEDULING")
            found.append(await stack.enter_async_context(replica))
            await found[-1].says(reason=None)
        yield found


async def left(store: Database, *, at_most: int) -> None:
    """Wait until no more than so many reminders are to be given."""
    async with asyncio.timeout(60):
        while await store[REMINDERS].estimated_document_count() > at_most:
            await asyncio.sleep(0.01)


async def let_leases_run_out(store: Database) -> None:
    """Make it two minutes later for what is claimed, also by whoever is still at it."""
    await store[REMINDERS].update_many({}, {"$set": {"lease": NEVER}})


async def test_every_reminder_is_given_once_though_a_replica_and_the_database_are_killed(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with (
        Broker.of(breakable.servers) as broker,
        two_replicas(breakable, store, tmp_path) as [first, _],
    ):
        await store_backlog(store, COUNT)
        await left(store, at_most=COUNT * 3 // 4)
        first.process.kill()
        await left(store, at_most=COUNT // 2)
        async with breakable.killed("mongod"):
            await asyncio.sleep(1)
        await let_leases_run_out(store)
        await emptied(store[REMINDERS])
        await emptied(store["outbox"])
        told = await broker.taken(topology.queue("notification"))

    events = defaultdict(set)
    for message in told:
        events[json.loads(message.body)["subject"]].add(message.message_id)
    given = await store["invitations"].distinct("reminded")
    assert (len(events), {len(ids) for ids in events.values()}) == (COUNT, {1})
    assert len(given) == COUNT
