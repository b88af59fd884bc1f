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
from tests.integration.doctoring.upgraded import only
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import counting, handles_one_more

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = topology.queue("matching")
A_MOMENT = 0.2
"""Seconds, less than anybody needs by hand."""


@asynccontextmanager
async def operator_of(breakable: Breakable) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(breakable.servers.rabbit["operator"]) as connection:
        yield await connection.channel()


async def test_a_deleted_queue_is_told_of_once_and_read_when_it_is_made_again(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with (
        operator_of(breakable) as operator,
        counting(breakable.servers, store, tmp_path) as service,
    ):
        await service.says(reason=None)
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
    async with (
        operator_of(breakable) as operator,
        counting(breakable.servers, store, tmp_path) as service,
    ):
        await service.says(reason=None)
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
