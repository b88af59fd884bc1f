"""Programs as processes of their own; matching, on a database of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from deploy.embedded.ports import free_port
from tests.builders.exclusions import KEY_TEXT
from tests.servers import TestServers


@dataclass(frozen=True, slots=True)
class Running:
    """A process that answers on a port."""

    process: asyncio.subprocess.Process
    port: int

    async def until_ready(self) -> None:
        """Wait until it consumes."""
        address = f"http://127.0.0.1:{self.port}/health/ready"
        async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as client:
            while not await _is_ready(client, address):
                await asyncio.sleep(0.1)


@asynccontextmanager
async def a_program(
    module: str, port: int, *options: str, environment: Mapping[str, str]
) -> AsyncIterator[Running]:
    """Run a program for as long as the context lasts."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *options),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Running(process, port)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def matching(
    servers: TestServers, database: str, *, group_size: int = 100
) -> AsyncIterator[Running]:
    """Run the service for as long as the context lasts."""
    port = free_port()
    environment = {
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DEVELOPMENT": "true",
        "MATCHING_EXCLUSION_KEY": KEY_TEXT,
        "MATCHING_DATABASE": database,
        "MATCHING_PORT": str(port),
        "MATCHING_GROUP_SIZE": str(group_size),
        "MATCHING_LOG_LEVEL": "WARNING",
    }
    async with a_program("services.matching.main", port, environment=environment) as found:
        yield found


@asynccontextmanager
async def replicas(servers: TestServers, database: str, count: int) -> AsyncIterator[list[Running]]:
    """Run so many of it on one queue and one database, all ready."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(count):
            found.append(await stack.enter_async_context(matching(servers, database)))
            await found[-1].until_ready()
        yield found


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).is_success
    except httpx.TransportError:
        return False
