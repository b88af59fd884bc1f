"""What it costs to seal who people are: intake beside its twin that seals nothing, taking turns.

Newcomers only, so that every submission makes a key and seals a card. By AMQP they wait in the
queue when intake starts; by HTTP they come in batches. A rate lasts until all is confirmed.
"""

import asyncio
import base64
import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from deploy.accounts import publishers_file
from deploy.embedded.ports import free_port
from shared.mongo import Database
from tests.bench.flooding import DOORS, Submission, people
from tests.bench.process_use import cpu_seconds
from tests.bench.service import Running, a_program
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers
from tests.soak.history import SOURCE

SEALED, CLEAR = "sealed", "clear"
PROGRAMS = {SEALED: "services.intake.main", CLEAR: "tests.bench.unsealed_intake"}
PUBLISHERS = "publishers.json"
KEYS = ("KEYRING", "FINGERPRINT", "QUARANTINE", "EXCLUSION")


async def measure(servers: TestServers, messages: int, rounds: int) -> list[dict[str, Any]]:
    """Return for each door rates, CPU a submission, and what of both is left: medians."""
    everybody = people()
    return [await _compare(servers, door, everybody, messages, rounds) for door in DOORS]


async def _compare(
    servers: TestServers, door: str, everybody: Iterator[Submission], messages: int, rounds: int
) -> dict[str, Any]:
    rates: dict[str, list[float]] = defaultdict(list)
    used: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        for how in sorted(PROGRAMS, reverse=number % 2 == 1):
            found = await _through_intake(servers, door, everybody, messages, how)
            rates[how].append(found[0])
            used[how].append(found[1])
    rate = {how: statistics.median(some) for how, some in rates.items()}
    cpu = {how: statistics.median(some) for how, some in used.items()}
    return {
        "door": door,
        "newcomers": messages,
        "rounds": rounds,
        **{f"{how}_per_second": round(rate[how]) for how in PROGRAMS},
        "sealed_to_clear": round(rate[SEALED] / rate[CLEAR], 2),
        **{f"{how}_cpu_ms": round(cpu[how] / messages * 1000, 3) for how in PROGRAMS},
        "cpu_sealed_to_clear": round(cpu[SEALED] / cpu[CLEAR], 2),
    }


async def _through_intake(
    servers: TestServers, door: str, everybody: Iterator[Submission], messages: int, how: str
) -> tuple[float, float]:
    """Return newcomers a second, and the processor time of intake."""
    name, port = f"bench-{uuid4().hex[:8]}", free_port()
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo_url)
    told = {"name": SOURCE, "amqp_url": servers.rabbit[SOURCE]}
    key = servers.secrets.publisher_keys[SOURCE]
    addresses = {"publishers": [{**told, "key": key}], "intake_url": f"http://127.0.0.1:{port}"}
    by_http = door == "http"
    async with Broker.of(servers), DOORS[door](addresses) as way:
        if not by_http:
            await way.send(everybody, messages)
        async with _intake(servers, name, port, PROGRAMS[how]) as running:
            if by_http:
                await running.until_ready()
            started, before = perf_counter(), cpu_seconds(running.process.pid)
            if by_http:
                await way.send(everybody, messages)
            else:
                started = await _begun(mongo[name])
            await _settled(mongo[name], messages)
            rate = messages / (perf_counter() - started)
            cpu = cpu_seconds(running.process.pid) - before
    await mongo.drop_database(name)
    mongo.close()
    return rate, cpu


async def _begun(database: Database) -> float:
    while not await database["inbox"].estimated_document_count():
        await asyncio.sleep(0.005)
    return perf_counter()


async def _settled(database: Database, messages: int) -> None:
    while await database["participants"].estimated_document_count() < messages:
        await asyncio.sleep(0.02)
    while await database["outbox"].estimated_document_count():
        await asyncio.sleep(0.005)


@asynccontextmanager
async def _intake(
    servers: TestServers, database: str, port: int, program: str
) -> AsyncIterator[Running]:
    """Run it for as long as the context lasts."""
    key = base64.b64encode(os.urandom(32)).decode()
    with tempfile.TemporaryDirectory(prefix="wlc-bench-") as folder:
        publishers = Path(folder) / PUBLISHERS
        publishers.write_text(publishers_file(servers.secrets))
        environment = {
            "INTAKE_RABBIT_URL": servers.rabbit["intake"],
            "INTAKE_MONGO_URL": servers.mongo_url,
            "INTAKE_DEVELOPMENT": "true",
            "INTAKE_DATABASE": database,
            "INTAKE_KEYRING_DATABASE": database,
            "INTAKE_PORT": str(port),
            "INTAKE_PUBLISHERS_FILE": str(publishers),
            **{f"INTAKE_{name}_KEY": key for name in KEYS},
            "INTAKE_LOG_LEVEL": "WARNING",
        }
        async with a_program(program, port, environment=environment) as found:
            yield found
