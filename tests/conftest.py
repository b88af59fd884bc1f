"""Fixtures that stand on real servers."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from shared.mongo import Database, connect
from tests.servers import TestServers, started

# A timing is never an assertion, and every run looks at the same examples: what a search finds
# (HYPOTHESIS_PROFILE=long, drawn anew each time) becomes a test of its own.
settings.register_profile("wlc", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "wlc"))


LONG_FIRST = ("tests/e2e/", "tests/integration/", "tests/fuzz/")
"""Folders whose files take minutes: begun first, none is left alone on one core at the end."""
ONE_BY_ONE = "tests/e2e/"
"""Each of its files starts a whole installation: several at once wait for one another."""


class Scheduling(LoadFileScheduling):
    """Shares the files of tests out among processes; those of a whole installation to one."""

    def _split_scope(self, nodeid: str) -> str:
        return ONE_BY_ONE if nodeid.startswith(ONE_BY_ONE) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Have the files shared out so."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long before the others, in the same order in every process."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_FIRST))


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
