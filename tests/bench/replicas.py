"""Messages per second through one, two and four replicas of matching on one queue."""

import asyncio
import signal
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from shared.mongo import Database
from tests.bench.flows import FLOWS, Flow, with_matches
from tests.bench.process_use import cpu_seconds
from tests.bench.service import Running, replicas
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

COUNTS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a queue was worked off: messages a second, and processors kept busy by replicas."""

    per_second: float
    cpus: float


async def measure(servers: TestServers, messages: int, rounds: int) -> list[dict[str, Any]]:
    """Return a row for each flow and count: rate, its ratio to one replica, CPU a message."""
    rows = []
    for flow in FLOWS:
        paces: dict[int, list[Pace]] = defaultdict(list)
        for _ in range(rounds):
            for count in COUNTS:
                paces[count].append(await pace(servers, flow, messages, count))
        rates = {c: statistics.median(each.per_second for each in p) for c, p in paces.items()}
        for count in COUNTS:
            cpus = statistics.median(each.cpus for each in paces[count])
            rows.append(
                {
                    "flow": flow.name,
                    "replicas": count,
                    "per_second": round(rates[count]),
                    "to_one_replica": round(rates[count] / rates[1], 2),
                    "cpus_busy": round(cpus, 2),
                    "cpu_ms_per_message": round(cpus / rates[count] * 1000, 2),
                }
            )
    return rows


async def pace(servers: TestServers, flow: Flow, messages: int, count: int) -> Pace:
    """Fill the queue while the replicas are frozen, thaw them, and time until all is settled."""
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    events = flow.events(messages)
    if flow.has_matches:
        await with_matches(mongo[name], events)
    async with Broker.of(servers) as broker, replicas(servers, name, count) as running:
        _signal(running, signal.SIGSTOP)
        try:
            await broker.say(*events)
        finally:
            _signal(running, signal.SIGCONT)
        used, started = _cpu(running), perf_counter()
        await _settled(mongo[name], messages)
        seconds = perf_counter() - started
        used = _cpu(running) - used
    await mongo.drop_database(name)
    mongo.close()
    return Pace(messages / seconds, used / seconds)


async def _settled(database: Database, messages: int) -> None:
    while await database["inbox"].estimated_document_count() < messages:
        await asyncio.sleep(0.02)
    while await database["outbox"].estimated_document_count():
        await asyncio.sleep(0.005)


def _signal(running: Sequence[Running], what: signal.Signals) -> None:
    for each in running:
        each.process.send_signal(what)


def _cpu(running: Sequence[Running]) -> float:
    return sum(cpu_seconds(each.process.pid) for each in running)
