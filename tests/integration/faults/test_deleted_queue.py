"""Somebody deletes the queue of a service that runs: it says so, and reads it when it is back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from cli.doctoring.structure import mend
from shared import topology
from shared.mongo import Database
from shared.reading import GONE
from tests.integration.delivery.broker import Broker
from tests.integration.doctoring.upgraded import only
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import (
    PATIENCE_SECONDS,
    Running,
    counting,
    handles_one_more,
    slow_message,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = topology.queue("matching")
AT_ONCE = 20
A_MOMENT = 0.2
"""Seconds, less than anybody needs by hand."""


@asynccontextmanager
async def operator_of(breakable: Breakable) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(breakable.servers.rabbit["operator"]) as connection:
        yield await connection.channel()


@asynccontextmanager
async def at_work(
    breakable: Breakable, store: Database, folder: Path
) -> AsyncIterator[tuple[AbstractChannel, Running]]:
    async with (
        operator_of(breakable) as operator,
        counting(breakable.servers, store, folder) as service,
    ):
        await service.says(reason=None)
        yield operator, service


async def test_a_deleted_queue_is_told_of_once_and_read_when_it_is_made_again(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with at_work(breakable, store, tmp_path) as (operator, service):
        await operator.queue_delete(QUEUE)
        await service.says(reason=GONE)
        await mend(operator, only(QUEUE), {}, print)
        await service.says(reason=None)
        await handles_one_more(breakable.servers, store)

        told = [line["reason"] for line in service.lines("not_ready")]
    assert told == [[GONE]]
    assert len(service.lines("ready_again")) == 1


async def test_a_queue_deleted_and_made_anew_a_moment_later_is_read_over_a_new_connection(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with at_work(breakable, store, tmp_path) as (operator, service):
        for _ in range(3):
            await handles_one_more(breakable.servers, store)
        await operator.queue_delete(QUEUE)
        await asyncio.sleep(A_MOMENT)
        await mend(operator, only(QUEUE), {}, print)
        for _ in range(3):
            await handles_one_more(breakable.servers, store)
        await service.says(reason=None)

    assert service.warnings()["queue_read_anew"] == 1


async def test_a_service_that_starts_before_its_queue_says_so_and_reads_it_when_it_is_made(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with operator_of(breakable) as operator:
        await operator.queue_delete(QUEUE)
        async with counting(breakable.servers, store, tmp_path) as service:
            await service.says(reason=GONE)
            await mend(operator, only(QUEUE), {}, print)
            await service.says(reason=None)
            await handles_one_more(breakable.servers, store)


@pytest.mark.parametrize("seconds", [2.2, 5])
async def test_what_is_in_hand_when_its_queue_is_replaced_is_finished_and_what_comes_then_is_kept(
    seconds: float, breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with (
        operator_of(breakable) as operator,
        Broker.of(breakable.servers) as broker,
        counting(breakable.servers, store, tmp_path, slow=str(seconds)) as service,
    ):
        await broker.say(*(slow_message() for _ in range(AT_ONCE)))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(service.lines("slow_work_began")) < AT_ONCE:
                await asyncio.sleep(0.05)
        await operator.queue_delete(QUEUE)
        await asyncio.sleep(A_MOMENT)
        await mend(operator, only(QUEUE), {}, print)
        await broker.say(*(slow_message() for _ in range(AT_ONCE)))

        async with asyncio.timeout(PATIENCE_SECONDS):
            while await store["sightings"].count_documents({"times": 1}) < 2 * AT_ONCE:
                await asyncio.sleep(0.1)
        await service.says(reason=None)

    assert await store["sightings"].count_documents({}) == 2 * AT_ONCE
    assert await store["sightings"].count_documents({"times": {"$gt": 1}}) == 0
