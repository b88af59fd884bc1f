"""Fixtures that stand on real servers."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from hypothesis import settings

from shared.mongo import Database, connect
from tests.servers import TestServers, started

# A timing is never an assertion, and every run looks at the same examples: what a search finds
# (HYPOTHESIS_PROFILE=long, drawn anew each time) becomes a test of its own.
settings.register_profile("wlc", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "wlc"))


LONG_FIRST = ("e2e", "integration", "fuzz")
"""Folders whose files take minutes: begun first, none is left alone on one core at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long before the others, in the same order in every process."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    folder = item.path.relative_to(item.config.rootpath).parts[1]
    return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServers]:
    """A real RabbitMQ and MongoDB for the whole run."""
    with asyncio.Runner() as runner:
        context = started(tmp_path_factory.mktemp("servers"))
        yield runner.run(context.__aenter__())
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
async def database(servers: TestServers) -> AsyncIterator[Database]:
    """An empty database of a real replica set, dropped afterwards."""
    client = connect(servers.mongo_url, name="tests")
    name = f"test-{uuid4().hex[:12]}"
    yield client[name]
    await client.drop_database(name)
    client.close()
