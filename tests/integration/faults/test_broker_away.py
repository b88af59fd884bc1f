"""The broker is away: at the start, killed, or behind a line that went silent."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from shared.loops import RETRY_SECONDS
from shared.mongo import Database
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.proxy import Proxy, proxy
from tests.integration.faults.running import Running, counting, handles_one_more

pytestmark = pytest.mark.asyncio(loop_scope="session")

AWAY = "RabbitMQ is away"
CONNECTIONS = 2
"""One to consume, one to publish; each with one channel."""

Breaking = AbstractAsyncContextManager[None]
Service = AbstractAsyncContextManager[Running]


@asynccontextmanager
async def silent(between: Proxy) -> AsyncIterator[None]:
    with between.silent():
        yield


def broken(way: str, breakable: Breakable, between: Proxy) -> Breaking:
    return breakable.killed("rabbitmq") if way == "killed" else silent(between)


def through(between: Proxy, breakable: Breakable, store: Database, folder: Path) -> Service:
    url = between.url(breakable.servers.rabbit["matching"])
    return counting(breakable.servers, store, folder, rabbit_url=url)


@pytest.mark.parametrize("way", ["killed", "silent"])
async def test_a_broker_that_goes_away_is_told_of_once_and_comes_back_without_a_leak(
    way: str, breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with (
        proxy(breakable.rabbit_port) as between,
        through(between, breakable, store, tmp_path) as service,
    ):
        await service.says(reason=None)
        began, connected = monotonic(), len(between.connected_at)
        async with broken(way, breakable, between):
            await service.says(reason=AWAY)
            await between.tried(CONNECTIONS * 2)
        await service.says(reason=None)
        tries, seconds = len(between.connected_at) - connected, monotonic() - began
        await handles_one_more(breakable.servers, store)
        channels = await breakable.channels()

    assert service.warnings() == {"not_ready": 1}
    assert len(service.lines("ready_again")) == 1
    assert tries <= CONNECTIONS * (seconds + 1)
    assert channels["matching"] == [1] * CONNECTIONS


@pytest.mark.parametrize("way", ["killed", "silent"])
async def test_a_service_waits_for_a_broker_that_is_away_at_its_start(
    way: str, breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with proxy(breakable.rabbit_port) as between, AsyncExitStack() as services:
        async with broken(way, breakable, between):
            service = await services.enter_async_context(
                through(between, breakable, store, tmp_path)
            )
            await service.says(reason=AWAY)
            await between.tried(2)
            status, _ = await service.readiness()
        await service.says(reason=None)
        await handles_one_more(breakable.servers, store)
        channels = await breakable.channels()

    assert status == 503
    assert service.warnings() == {"waiting_for_server": 1}
    assert channels["matching"] == [1] * CONNECTIONS


async def test_a_connection_that_is_never_answered_is_given_up_and_tried_again(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with proxy(breakable.rabbit_port) as between:
        between.swallowed = {CONNECTIONS}
        async with through(between, breakable, store, tmp_path) as service:
            await service.says(reason=None)

    tries = between.connected_at[CONNECTIONS - 1 :]
    assert len(tries) > 1
    assert min(after - before for before, after in pairwise(tries)) > RETRY_SECONDS
