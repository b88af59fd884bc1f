"""Messages per second through matching: grouped, one transaction each, and the bare loop."""

import asyncio
import json
import os
import statistics
import sys
from collections import defaultdict
from dataclasses import asdict
from time import perf_counter
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from shared import topology
from shared.contracts.base import Event
from shared.mongo import Database
from tests.bench.bare import Job
from tests.bench.flows import FLOWS, Flow, with_matches
from tests.bench.service import matching
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

QUEUE = topology.queue("matching")
GROUP = 100


async def measure(servers: TestServers, messages: int, rounds: int) -> list[dict[str, Any]]:
    """Return, for each flow, the figures and their ratios: medians of rounds that take turns."""
    return [await _compare(servers, flow, messages, rounds) for flow in FLOWS]


async def _compare(servers: TestServers, flow: Flow, messages: int, rounds: int) -> dict[str, Any]:
    rates: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        grouped = _through_matching(servers, flow, messages, group_size=GROUP)
        alone = _through_matching(servers, flow, messages // 5, group_size=1)
        rates["grouped"].append(await grouped)
        rates["transaction_each"].append(await alone)
        rates["bare_loop_same_job"].append(await _bare(servers, flow, messages, flow.job))
        rates["bare_loop_usual_job"].append(await _bare(servers, flow, messages, Job()))
    median = {name: statistics.median(some) for name, some in rates.items()}
    return {
        "flow": flow.name,
        "messages": messages,
        "rounds": rounds,
        **{f"{name}_per_second": round(rate) for name, rate in median.items()},
        **{
            f"grouped_to_{name}": round(median["grouped"] / rate, 2)
            for name, rate in median.items()
            if name != "grouped"
        },
    }


async def _through_matching(
    servers: TestServers, flow: Flow, messages: int, *, group_size: int
) -> float:
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    events = flow.events(messages)
    async with Broker.of(servers) as broker:
        await _prepare(mongo[name], flow, events)
        await broker.say(*events)
        async with matching(servers, name, group_size=group_size):
            rate = await _rate(mongo[name], messages)
    await mongo.drop_database(name)
    mongo.close()
    return rate


async def _prepare(database: Database, flow: Flow, events: list[Event]) -> None:
    if flow.has_matches:
        await with_matches(database, events)


async def _rate(database: Database, messages: int) -> float:
    """Return the rate from the first message stored to the last one settled."""
    while not (first := await database["inbox"].estimated_document_count()):
        await asyncio.sleep(0.005)
    started = perf_counter()
    while (done := await database["inbox"].estimated_document_count()) < messages:
        await asyncio.sleep(0.02)
    while await database["outbox"].estimated_document_count():
        await asyncio.sleep(0.005)
    return float((done - first) / (perf_counter() - started))


async def _bare(servers: TestServers, flow: Flow, messages: int, job: Job) -> float:
    environment = {
        **os.environ,
        "BARE_RABBIT_URL": servers.rabbit["matching"],
        "BARE_MONGO_URL": servers.mongo_url,
    }
    arguments = (QUEUE, str(messages), str(GROUP), json.dumps(asdict(job)))
    events = flow.events(messages)
    if flow.has_matches:
        await _fill_bare(servers, events, job)
    async with Broker.of(servers) as broker:
        await broker.say(*events)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.bare", *arguments),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    return float(json.loads(out))


async def _fill_bare(servers: TestServers, events: list[Event], job: Job) -> None:
    """Store what the loop is going to read and replace."""
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    for number in range(job.reads):
        rows = [{"_id": each.subject, **each.data.model_dump(mode="json")} for each in events]
        await mongo["bare"][f"state{number}"].insert_many(rows)
    mongo.close()
