"""Time from a published engagement to its match, in pools of different sizes."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from shared.contracts.engagements import EngagementPublished
from shared.mongo import Database
from tests.bench.flows import newcomer
from tests.bench.service import matching
from tests.builders.events import an_event
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

ELIGIBLE = 500
BATCH = 5_000


async def measure(servers: TestServers, pool: int) -> dict[str, Any]:
    """Return the seconds until a match is stored, with `ELIGIBLE` people of the pool eligible."""
    name = f"bench-pool-{pool}"
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    async with Broker.of(servers) as broker, matching(servers, name):
        await _fill(broker, mongo[name], pool)
        seconds = [await _time_a_match(broker, mongo[name]) for _ in range(3)]
    await mongo.drop_database(name)
    mongo.close()
    return {"pool": pool, "eligible": ELIGIBLE, "seconds": round(sorted(seconds)[1], 3)}


async def _fill(broker: Broker, database: Database, pool: int) -> None:
    """Let the pool arrive; only the first `ELIGIBLE` know what the engagement asks for."""
    for done in range(0, pool, BATCH):
        batch = range(done, min(done + BATCH, pool))
        await broker.say(
            *(newcomer("discharge" if number < ELIGIBLE else "carer") for number in batch)
        )
        while await database["inbox"].estimated_document_count() < batch.stop:
            await asyncio.sleep(0.05)


async def _time_a_match(broker: Broker, database: Database) -> float:
    event = _engagement()
    started = perf_counter()
    await broker.say(event)
    while not await database["matches"].find_one({"engagement_id": event.subject}):
        await asyncio.sleep(0.005)
    return perf_counter() - started


def _engagement() -> EngagementPublished:
    engagement = str(uuid4())
    today = datetime.now(UTC).date()
    window = {"from": today + timedelta(days=30), "to": today + timedelta(days=90)}
    return an_event(
        EngagementPublished,
        subject=engagement,
        data={
            "engagement_id": engagement,
            "places": 24,
            "reserves": 8,
            "place": {"online": True, "in_person": False},
            "lived_experience": {"any": ("discharge",)},
            "eligibility": {},
            "quotas": {"sex": {"female": {"min": 12, "max": 24}}},
            "window": window,
        },
    )
