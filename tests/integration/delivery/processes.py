"""What a test that starts processes needs."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from deploy.embedded.ports import free_port
from shared.mongo import Database
from tests.servers import TestServers

SERVICE = Path(__file__).with_name("crashing_service.py")


@asynccontextmanager
async def the_service(
    servers: TestServers, database: Database, step: str, *, port: int | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the counting service, which dies at that step of its first message."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DEVELOPMENT": "true",
        "MATCHING_DATABASE": database.name,
        "MATCHING_PORT": str(port or free_port()),
        "MATCHING_LEASE_SECONDS": "0.5",
        "MATCHING_SWEEP_SECONDS": "0.1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, SERVICE, step, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def ready(port: int) -> None:
    """Wait until the service at that port says that it is ready."""
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
