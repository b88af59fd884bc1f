"""Messages per second through matching: grouped, one transaction each, and the bare loop."""

import asyncio
import json
import os
import sys
from time import perf_counter
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from shared import topology
from shared.contracts.base import Event
from shared.mongo import Database
from tests.bench.flows import FLOWS, Flow, with_matches
from tests.bench.service import matching
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

QUEUE = topology.queue("matching")
GROUP = 100


async def measure(servers: TestServers, messages: int) -> list[dict[str, Any]]:
    """Return, for each flow, the three figures and their ratios."""
    return [await _compare(servers, flow, messages) for flow in FLOWS]


async def _compare(servers: TestServers, flow: Flow, messages: int) -> dict[str, Any]:
    grouped = await _through_matching(servers, flow, messages, group_size=GROUP)
    alone = await _through_matching(servers, flow, messages // 5, group_size=1)
    bare = await _through_bare_loop(servers, flow, messages, publishes=flow.publishes)
    reference = bare
    if not flow.publishes:
        reference = await _through_bare_loop(servers, flow, messages, publishes=True)
    return {
        "flow": flow.name,
        "messages": messages,
        "grouped_per_second": round(grouped),
        "transaction_each_per_second": round(alone),
        "bare_loop_same_job_per_second": round(bare),
        "bare_loop_that_publishes_per_second": round(reference),
        "grouped_to_transaction_each": round(grouped / alone, 2),
        "grouped_to_bare_loop_same_job": round(grouped / bare, 2),
        "grouped_to_bare_loop_that_publishes": round(grouped / reference, 2),
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
    if flow.publishes:
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


async def _through_bare_loop(
    servers: TestServers, flow: Flow, messages: int, *, publishes: bool
) -> float:
    environment = {
        **os.environ,
        "BARE_RABBIT_URL": servers.rabbit["matching"],
        "BARE_MONGO_URL": servers.mongo_url,
    }
    arguments = (QUEUE, str(messages), str(GROUP), "publish" if publishes else "keep")
    async with Broker.of(servers) as broker:
        await broker.say(*flow.events(messages))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.bare", *arguments),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    return float(json.loads(out))
