"""Matching as a process of its own, on a database of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.integration.delivery.processes import a_free_port
from tests.servers import TestServers


@asynccontextmanager
async def matching(
    servers: TestServers, database: str, *, group_size: int = 100
) -> AsyncIterator[None]:
    """Run the service for as long as the context lasts."""
    environment = {
        **os.environ,
        "MATCHING_RABBIT_URL": servers.rabbit["matching"],
        "MATCHING_MONGO_URL": servers.mongo_url,
        "MATCHING_DATABASE": database,
        "MATCHING_PORT": str(a_free_port()),
        "MATCHING_GROUP_SIZE": str(group_size),
        "MATCHING_LOG_LEVEL": "WARNING",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.matching.main"),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()
