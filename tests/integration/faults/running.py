"""A service as a process, seen from outside: its port, its log, its memory."""

import asyncio
import base64
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from motor.motor_asyncio import AsyncIOMotorCollection

from deploy.accounts import publishers_file
from deploy.embedded.ports import free_port
from shared import topology
from shared.contracts.participants import ParticipantUpdated
from shared.mongo import Database, Document
from tests.builders.deliveries import person_registered
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

ROOT = Path(__file__).parents[3]
COUNTING = Path(__file__).with_name("counting_service.py")
PATIENCE_SECONDS = 120
LEASE_SECONDS = 2


class Running:
    """The process, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self._log = log

    def lines(self, *events: str) -> list[dict[str, Any]]:
        """Return what it logged, or only the lines of these events."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines()]
        return [line for line in lines if not events or line["event"] in events]

    def warnings(self) -> Counter[str]:
        """Count what it logged at warning or above."""
        loud = [line for line in self.lines() if line["level"] in {"warning", "error", "critical"}]
        return Counter(line["event"] for line in loud)

    async def readiness(self) -> tuple[int, list[str]]:
        """Return the status and the reasons; (0, []) while the port is closed."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=10) as http:
            try:
                answer = await http.get("/health/ready")
            except httpx.TransportError:
                return 0, []
        return answer.status_code, answer.json()["reasons"]

    async def says(self, *, reason: str | None) -> None:
        """Wait until it gives the reason for not being ready; with None, until it is ready."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                status, reasons = await self.readiness()
                if (status == 200) if reason is None else (reason in reasons):
                    return
                await asyncio.sleep(0.1)

    def memory_mb(self) -> float:
        """Return the resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.process.send_signal(signal.SIGTERM)


async def emptied(rows: AsyncIOMotorCollection[Document]) -> None:
    """Wait until nothing is left in a collection."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await rows.count_documents({}):
            await asyncio.sleep(0.1)


def slow_message() -> ParticipantUpdated:
    """Build what the counting service is slow about."""
    return ParticipantUpdated.model_validate(person_registered().model_dump(exclude={"type"}))


async def handles_one_more(servers: TestServers, store: Database) -> None:
    """Say one event to the counting service, and see its effect."""
    async with Broker.of(servers) as broker:
        event = person_registered()
        await broker.say(event)
        assert await broker.depth_within(topology.queue("matching"), wanted=0) == 0
        assert await broker.told(event, at_least=1)
    assert await store["sightings"].count_documents({"_id": event.subject, "times": 1}) == 1


@asynccontextmanager
async def running(
    program: list[str], environment: Mapping[str, str], log: Path, *, prefix: str
) -> AsyncIterator[Running]:
    """Run a Python program on a free port until the end of the context; its log is kept."""
    port = free_port()
    everything = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        **environment,
        f"{prefix}_PORT": str(port),
    }
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *program, env=everything, stdout=output
        )
    try:
        yield Running(process, log, port)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def counting(
    servers: TestServers, store: Database, folder: Path, **settings: str
) -> AsyncIterator[Running]:
    """Run the counting service; settings by their names, in small letters."""
    environment = {
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DEVELOPMENT": "true",
        "MATCHING_DATABASE": store.name,
        "MATCHING_LEASE_SECONDS": str(LEASE_SECONDS),
        **{f"MATCHING_{name.upper()}": value for name, value in settings.items()},
    }
    log = folder / "matching.log"
    async with running([str(COUNTING)], environment, log, prefix="MATCHING") as service:
        yield service


@asynccontextmanager
async def intake(
    servers: TestServers, store: Database, folder: Path, **settings: str
) -> AsyncIterator[Running]:
    """Run intake as it is run everywhere."""
    publishers = folder / "publishers.json"
    publishers.write_text(publishers_file(servers.secrets))
    key = base64.b64encode(b"k" * 32).decode()
    environment = {
        "INTAKE_RABBIT_URL": servers.rabbit["intake"],
        "INTAKE_MONGO_URL": servers.mongo_url,
        "INTAKE_DEVELOPMENT": "true",
        "INTAKE_DATABASE": store.name,
        "INTAKE_KEYRING_DATABASE": store.name,
        "INTAKE_PUBLISHERS_FILE": str(publishers),
        "INTAKE_KEYRING_KEY": key,
        "INTAKE_FINGERPRINT_KEY": key,
        "INTAKE_QUARANTINE_KEY": key,
        "INTAKE_EXCLUSION_KEY": key,
        "INTAKE_LEASE_SECONDS": str(LEASE_SECONDS),
        **{f"INTAKE_{name.upper()}": value for name, value in settings.items()},
    }
    program = ["-m", "services.intake.main"]
    async with running(program, environment, folder / "intake.log", prefix="INTAKE") as service:
        yield service
