"""One hop through matching: from a closing said to the event that it causes, as a bystander hears.

Beside it the same hop through the bare loop, at the same load, and a confirm of the broker alone.
"""

import asyncio
import json
import os
import random
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from time import perf_counter
from typing import Any
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient

from shared import topology
from shared.contracts.base import Event
from tests.bench import bare
from tests.bench.flows import FLOWS, with_matches
from tests.bench.replicas import pace
from tests.bench.service import replicas
from tests.bench.throughput import GROUP
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

[CLOSINGS] = [flow for flow in FLOWS if flow.name == "closings"]
WARM_UP = 20
LONGEST_SECONDS = 60.0

Row = dict[str, Any]
Hop = Callable[[TestServers, Sequence[Event]], AbstractAsyncContextManager[None]]


class Bystander:
    """Hears what console would hear, and notes when each cause had its effect."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._heard: dict[str, asyncio.Future[float]] = {}

    @classmethod
    @asynccontextmanager
    async def of(cls, servers: TestServers, broker: Broker) -> AsyncIterator["Bystander"]:
        """Listen as long as the context lasts."""
        async with await aio_pika.connect(servers.rabbit["operator"]) as connection:
            bystander = cls(broker)
            channel = await connection.channel()
            queue = await channel.get_queue(topology.queue("console"), ensure=False)
            await queue.consume(bystander._hear, no_ack=True)
            yield bystander

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        now = perf_counter()
        if message.routing_key == bare.KEY:
            body = json.loads(message.body)
            cause = body["causationid"] if body["type"] == bare.KEY else body["id"]
            self._heard[cause].set_result(now)

    async def seconds_of(self, event: Event) -> float:
        """Say an event and return the seconds until what it causes is heard."""
        heard = self._heard[event.id] = asyncio.get_running_loop().create_future()
        started = perf_counter()
        await self._broker.say(event)
        ended: float = await heard
        return ended - started


async def measure(servers: TestServers, idle: int, loaded: int) -> list[Row]:
    """Return rows of p50 and p99 in ms: so many one at a time, so many at half load."""
    half = (await pace(servers, CLOSINGS, loaded, 1)).per_second / 2
    rows = []
    for name, hop in (("matching", _matching), ("bare loop", _bare)):
        events = CLOSINGS.events(WARM_UP + idle + loaded)
        async with (
            asyncio.timeout(LONGEST_SECONDS + 2 * loaded / half),
            Broker.of(servers) as broker,
            Bystander.of(servers, broker) as bystander,
            hop(servers, events),
        ):
            first = [await bystander.seconds_of(each) for each in events[: WARM_UP + idle]]
            rows.append(_row(name, "idle", first[WARM_UP:]))
            late = await _arrivals(bystander, events[WARM_UP + idle :], half)
            rows.append(_row(name, f"{half:.0f} a second", late))
    return [*rows, _row("broker's confirm", "idle", await _confirms(servers, idle))]


async def _arrivals(
    bystander: Bystander, events: Sequence[Event], per_second: float
) -> list[float]:
    """Say events at times of their own, whatever became of those before."""
    die = random.Random(1)  # noqa: S311 - a repeatable die, no secret
    due, hops = perf_counter(), []
    for event in events:
        due += die.expovariate(per_second)
        await asyncio.sleep(due - perf_counter())
        hops.append(asyncio.create_task(bystander.seconds_of(event)))
    return list(await asyncio.gather(*hops))


async def _confirms(servers: TestServers, count: int) -> list[float]:
    async with Broker.of(servers) as broker:
        return [await _timed(broker, event) for event in CLOSINGS.events(count)]


async def _timed(broker: Broker, event: Event) -> float:
    started = perf_counter()
    await broker.say(event)
    return perf_counter() - started


@asynccontextmanager
async def _matching(servers: TestServers, events: Sequence[Event]) -> AsyncIterator[None]:
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[Row] = AsyncIOMotorClient(servers.mongo_url)
    await with_matches(mongo[name], list(events))
    async with replicas(servers, name, 1):
        yield
    await mongo.drop_database(name)
    mongo.close()


@asynccontextmanager
async def _bare(servers: TestServers, events: Sequence[Event]) -> AsyncIterator[None]:
    """Run the loop; it ends by itself after so many events."""
    environment = {
        **os.environ,
        "BARE_RABBIT_URL": servers.rabbit["matching"],
        "BARE_MONGO_URL": servers.mongo_url,
    }
    job = json.dumps(asdict(CLOSINGS.job))
    arguments = (topology.queue("matching"), str(len(events)), str(GROUP), job)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.bare", *arguments),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _row(hop: str, load: str, seconds: Sequence[float]) -> Row:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {
        "hop": hop,
        "load": load,
        "messages": len(seconds),
        "p50_ms": round(cuts[49] * 1000, 2),
        "p99_ms": round(cuts[98] * 1000, 2),
    }
