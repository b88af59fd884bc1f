"""Messages per second through matching: grouped, one transaction each, and the bare loop."""

import asyncio
import json
import os
import sys
from time import perf_counter
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared import topology
from shared.contracts.participants import (
    ConsentGiven,
    ParticipantRegistered,
)
from tests.builders.deliveries import person_registered
from tests.integration.delivery.broker import Broker
from tests.integration.delivery.processes import a_free_port
from tests.servers import TestServers

QUEUE = topology.queue("matching")


async def measure(servers: TestServers, messages: int) -> dict[str, Any]:
    """Return the three figures and their ratios."""
    grouped = await _through_matching(servers, messages, group_size=100)
    alone = await _through_matching(servers, messages // 5, group_size=1)
    bare = await _through_bare_loop(servers, messages, group_size=100)
    return {
        "messages": messages,
        "grouped_per_second": round(grouped),
        "transaction_each_per_second": round(alone),
        "bare_loop_per_second": round(bare),
        "grouped_to_transaction_each": round(grouped / alone, 2),
        "grouped_to_bare_loop": round(grouped / bare, 2),
    }


def people(count: int) -> list[ParticipantRegistered]:
    """Build events of different people who consent to be involved."""
    return [_consenting(person_registered()) for _ in range(count)]


def _consenting(event: ParticipantRegistered) -> ParticipantRegistered:
    consent = ConsentGiven(version="2026-1", given_at=event.time)
    state = event.data.model_copy(
        update={
            "consents": {"involvement": consent},
            "lived_experience": ("discharge", "carer"),
            "monitoring": {"ethnicity": "black", "sex": "female"},
            "age_band": "25-44",
            "age_from": 25,
            "age_to": 44,
        }
    )
    return event.model_copy(update={"data": state})


async def _through_matching(servers: TestServers, messages: int, *, group_size: int) -> float:
    database = f"bench-{group_size}"
    environment = {
        **os.environ,
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DATABASE": database,
        "MATCHING_PORT": str(a_free_port()),
        "MATCHING_GROUP_SIZE": str(group_size),
        "MATCHING_LOG_LEVEL": "WARNING",
    }
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    async with Broker.of(servers) as broker:
        await broker.say(*people(messages))
        command = (sys.executable, "-m", "services.matching.main")
        service = await asyncio.create_subprocess_exec(*command, env=environment)
        try:
            return await _rate(mongo[database], messages)
        finally:
            service.terminate()
            await service.wait()
            await mongo.drop_database(database)
            mongo.close()


async def _rate(database: Any, messages: int) -> float:
    """Return the rate from the first message stored to the last."""
    while not (first := await database["inbox"].estimated_document_count()):
        await asyncio.sleep(0.005)
    started = perf_counter()
    while (done := await database["inbox"].estimated_document_count()) < messages:
        await asyncio.sleep(0.02)
    return float((done - first) / (perf_counter() - started))


async def _through_bare_loop(servers: TestServers, messages: int, *, group_size: int) -> float:
    environment = {
        **os.environ,
        "BARE_RABBIT_URL": servers.rabbit["matching"],
        "BARE_MONGO_URL": servers.mongo_url,
    }
    async with Broker.of(servers) as broker:
        await broker.say(*people(messages))
        command = (sys.executable, "-m", "tests.bench.bare", QUEUE, str(messages), str(group_size))
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return float(json.loads(out))
