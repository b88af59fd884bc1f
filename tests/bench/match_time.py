"""Time from a published engagement to its match, in pools of different sizes."""

import asyncio
import os
import sys
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from shared.contracts.engagements import (
    EngagementKind,
    EngagementPublished,
    EngagementState,
    LadderStep,
    LivedExperience,
    Place,
    QuotaBounds,
)
from shared.contracts.participants import DateRange
from tests.bench.throughput import people
from tests.integration.delivery.broker import Broker
from tests.integration.delivery.processes import a_free_port
from tests.servers import TestServers

ELIGIBLE = 500
BATCH = 5_000


async def measure(servers: TestServers, pool: int) -> dict[str, Any]:
    """Return the seconds until a match is stored, with `ELIGIBLE` people of the pool eligible."""
    database = f"bench-pool-{pool}"
    environment = {
        **os.environ,
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DATABASE": database,
        "MATCHING_PORT": str(a_free_port()),
        "MATCHING_LOG_LEVEL": "WARNING",
    }
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    async with Broker.of(servers) as broker:
        service = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.matching.main", env=environment
        )
        try:
            await _fill(broker, mongo[database], pool)
            seconds = await _time_a_match(broker, mongo[database])
        finally:
            service.terminate()
            await service.wait()
            await mongo.drop_database(database)
            mongo.close()
    return {"pool": pool, "eligible": ELIGIBLE, "seconds": round(seconds, 3)}


async def _fill(broker: Broker, database: Any, pool: int) -> None:
    """Let the pool arrive; only the first `ELIGIBLE` know what the engagement asks for."""
    done = 0
    while done < pool:
        batch = people(min(BATCH, pool - done))
        if done:
            batch = [_without_discharge(event) for event in batch]
        else:
            batch[ELIGIBLE:] = [_without_discharge(event) for event in batch[ELIGIBLE:]]
        await broker.say(*batch)
        done += len(batch)
        while await database["inbox"].estimated_document_count() < done:
            await asyncio.sleep(0.05)


def _without_discharge(event: Any) -> Any:
    state = event.data.model_copy(update={"lived_experience": ("carer",)})
    return event.model_copy(update={"data": state})


async def _time_a_match(broker: Broker, database: Any) -> float:
    started = perf_counter()
    await broker.say(_engagement())
    while not await database["matches"].find_one({}):
        await asyncio.sleep(0.005)
    return perf_counter() - started


def _engagement() -> EngagementPublished:
    engagement_id = uuid4()
    today = date.today()  # noqa: DTZ011 - any day will do
    state = EngagementState(
        engagement_id=engagement_id,
        publisher="bench",
        reference="bench-1",
        title="Leaving hospital well",
        partner="A trust",
        kind=EngagementKind.SERVICE_REDESIGN,
        ladder_step=LadderStep.CO_DESIGN,
        decision_owner="Somebody",
        feedback_due=today + timedelta(days=120),
        places=24,
        reserves=8,
        place=Place(online=True, in_person=False),
        lived_experience=LivedExperience(any=("discharge",)),
        quotas={"sex": {"female": QuotaBounds(min=12, max=24)}},
        window=DateRange(start=today + timedelta(days=30), end=today + timedelta(days=90)),
    )
    return EngagementPublished(
        id=str(uuid4()),
        source="intake",
        subject=str(engagement_id),
        time=datetime.now(UTC),
        hub="west-london",
        correlationid="bench",
        data=state,
    )
