"""Matching as a process of its own, on a database of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from deploy.embedded.ports import free_port
from tests.servers import TestServers


@dataclass(frozen=True, slots=True)
class Running:
    """A process of matching."""

    process: asyncio.subprocess.Process
    port: int

    async def until_ready(self) -> None:
        """Wait until it consumes."""
        address = f"http://127.0.0.1:{self.port}/health/ready"
        async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as client:
            while not await _is_ready(client, address):
                await asyncio.sleep(0.1)


@asynccontextmanager
async def matching(
    servers: TestServers, database: str, *, group_size: int = 100
) -> AsyncIterator[Running]:
    """Run the service for as long as the context lasts."""
    port = free_port()
    environment = {
        **os.environ,
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DEVELOPMENT": "true",
        "MATCHING_DATABASE": database,
        "MATCHING_PORT": str(port),
        "MATCHING_GROUP_SIZE": str(group_size),
        "MATCHING_LOG_LEVEL": "WARNING",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.matching.main"),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Running(process, port)
    finally:
        process.terminate()
        await process.wait()


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
