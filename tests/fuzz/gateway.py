"""Every service as a process of its own on real servers; all that they say is kept."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
from pymongo import MongoClient

from deploy.accounts import Secrets, publishers_file, staff_file
from deploy.embedded.ports import free_port
from deploy.environments import Place, service_environment
from shared import topology
from shared.mongo import Document
from tests.servers import TestServers

ROOT = Path(__file__).parents[2]
START_SECONDS = 400


@dataclass(frozen=True)
class Gateway:
    """The services by name: where each is reached, its process, its log and its database."""

    secrets: Secrets
    addresses: Mapping[str, str]
    processes: Mapping[str, "subprocess.Popen[bytes]"]
    folder: Path
    mongo: "MongoClient[Document]"
    prefix: str

    def logged(self) -> str:
        """Return all that the services have written so far."""
        return "".join(log.read_text("utf-8", "replace") for log in self.folder.glob("*.log"))

    def measured(self) -> str:
        """Return the figures of all services."""
        return "".join(httpx.get(f"{address}/metrics").text for address in self.addresses.values())

    def broken_off(self) -> dict[str, int | None]:
        """Return how each process that has ended did so."""
        found = {name: process.poll() for name, process in self.processes.items()}
        return {name: ended for name, ended in found.items() if ended is not None}

    def not_ready(self) -> list[str]:
        """Return the services that do not call themselves ready."""
        return [name for name, address in self.addresses.items() if not _is_ready(address)]

    def rows(self, service: str, collection: str, **query: object) -> list[Document]:
        """Return rows of a service's own database."""
        return list(self.mongo[f"{self.prefix}-{service}"][collection].find(query))


@contextmanager
def running(servers: TestServers, folder: Path) -> Iterator[Gateway]:
    """Run all services for as long as the context lasts; their databases are dropped then."""
    prefix = f"fuzz-{uuid4().hex[:8]}"
    places = {name: _place(name, servers, folder) for name in topology.ROUTES}
    processes = {name: _process(name, places[name], servers, prefix) for name in places}
    addresses = {name: f"http://127.0.0.1:{place.port}" for name, place in places.items()}
    mongo: MongoClient[Document] = MongoClient(servers.mongo_url)
    gateway = Gateway(servers.secrets, addresses, processes, folder, mongo, prefix)
    try:
        _wait_until_ready(gateway)
        yield gateway
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait()
        for name in (*places, "keyring"):
            mongo.drop_database(f"{prefix}-{name}")
        mongo.close()


def _place(name: str, servers: TestServers, folder: Path) -> Place:
    port = free_port(())
    place = Place(
        rabbit_url=servers.rabbit[name],
        mongo_url=servers.mongo_url,
        host="127.0.0.1",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        smtp_host="127.0.0.1",
        smtp_port=9,
        smtp_tls="none",
        publishers_file=folder / "publishers.json",
        staff_file=folder / "staff.json",
    )
    if not place.publishers_file.exists():
        place.publishers_file.write_text(publishers_file(servers.secrets))
        place.staff_file.write_text(staff_file(servers.secrets))
    return place


def _process(
    name: str, place: Place, servers: TestServers, prefix: str
) -> "subprocess.Popen[bytes]":
    own = {"DATABASE": f"{prefix}-{name}", "LOG_LEVEL": "DEBUG", "DEVELOPMENT": "true"}
    if name in {"intake", "console", "notification"}:
        own["KEYRING_DATABASE"] = f"{prefix}-keyring"
    environment = {
        **os.environ,
        **service_environment(name, place, servers.secrets),
        **{f"{name.upper()}_{key}": value for key, value in own.items()},
    }
    command = [sys.executable, "-m", f"services.{name}.main"]
    with (place.staff_file.parent / f"{name}.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own words
            command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )


def _wait_until_ready(gateway: Gateway) -> None:
    end = time.monotonic() + START_SECONDS
    while gateway.not_ready():
        assert not gateway.broken_off()
        assert time.monotonic() < end, gateway.not_ready()
        time.sleep(0.1)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=10).status_code == 200
    except httpx.TransportError:
        return False
