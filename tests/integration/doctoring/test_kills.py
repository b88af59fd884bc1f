"""Wherever `wlc doctor --fix` is killed, nothing is lost and the next run goes on."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from shared import topology
from tests.builders.deliveries import person_registered
from tests.integration.doctoring.upgraded import Upgraded
from tests.servers import TestServers

DOCTOR = Path(__file__).with_name("killed_doctor.py")
QUEUE = topology.queue("matching")
STEPS = (
    "holding-made",
    "holding-bound",
    "queue-unbound",
    "put-aside-before-ack",
    "queue-deleted",
    "queue-made",
    "queue-bound",
    "holding-unbound",
    "brought-back-before-ack",
    "holding-deleted",
)


async def killed_after(step: int, servers: TestServers) -> int | None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    words = (str(DOCTOR), servers.rabbit["operator"], QUEUE, str(step))
    doctor = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(60):
        return await doctor.wait()


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_loses_nothing_and_the_next_run_ends_it(
    step: str, servers: TestServers
) -> None:
    before, meanwhile, after = ([person_registered() for _ in range(count)] for count in (5, 2, 1))
    async with Upgraded.with_old(servers, QUEUE) as broker:
        await broker.say(*before)

        assert await killed_after(STEPS.index(step) + 1, servers) == 137
        await broker.say(*meanwhile)
        await broker.mended()
        await broker.say(*after)

        assert await broker.faults() == [None]
        assert not await broker.is_moving(QUEUE)
        assert await broker.ids(QUEUE) == {event.id for event in (*before, *meanwhile, *after)}
