"""One gateway for all that is thrown at it."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.fuzz.bystander import Bystander
from tests.fuzz.gateway import Gateway, running
from tests.servers import TestServers


@pytest.fixture(scope="package")
def bystander(servers: TestServers) -> Iterator[Bystander]:
    """The broker's accounts from outside; the queues are empty at first and at last."""
    with asyncio.Runner() as runner:
        context = Bystander.beside(servers, runner)
        yield runner.run(context.__aenter__())
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture(scope="package")
def gateway(
    bystander: Bystander, servers: TestServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """All services as processes."""
    with running(servers, tmp_path_factory.mktemp("gateway")) as found:
        yield found
