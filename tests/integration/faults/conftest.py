"""Servers that may be broken, shared by the tests of faults; a database for each test."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.accounts import Secrets
from shared.mongo import Database, connect
from tests.integration.faults.breakable import Breakable
from tests.servers import private


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def breakable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Breakable]:
    """A RabbitMQ and a MongoDB of our own, whatever the environment offers."""
    folder = tmp_path_factory.mktemp("breakable")
    async with private(folder, Secrets.kept_in(folder / "secrets.json")) as (running, servers):
        yield Breakable(running, servers)


@pytest_asyncio.fixture(loop_scope="session")
async def store(breakable: Breakable) -> AsyncIterator[Database]:
    """An empty database, dropped afterwards."""
    client = connect(breakable.servers.mongo_url, name="tests")
    name = f"test-{uuid4().hex[:12]}"
    yield client[name]
    await client.drop_database(name)
    client.close()
