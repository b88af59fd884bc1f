"""A queue is full, so that the broker refuses what is for it: the events stay in the outbox."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import topology
from shared.errors import UnavailableError
from shared.facts import Facts
from shared.mongo import Database
from shared.outbox import SWEEP_AT_ONCE, Envelope, Outbox, envelope
from tests.builders.deliveries import Sighting, person_registered, told_of
from tests.fakes.publisher import InMemoryPublisher
from tests.integration.delivery.broker import Broker
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import counting, emptied

pytestmark = pytest.mark.asyncio(loop_scope="session")

FULL, NOT_FULL = topology.queue("console"), topology.queue("notification")
SECONDS = 15
HOT = 10 * SWEEP_AT_ONCE


async def left_behind(store: Database, count: int, *, hours: float = 1) -> list[str]:
    """Store events whose lease ran out so long ago; return their ids."""
    rows = Outbox(store, InMemoryPublisher(), lease_seconds=0, limit=1).rows(
        envelope(told_of(person_registered(), Sighting("one"), Facts("matching")))
        for _ in range(count)
    )
    ago = datetime.now(UTC) - timedelta(hours=hours)
    await store["outbox"].insert_many([row | {"lease": ago, "at": ago} for row in rows])
    return [row["_id"] for row in rows]


async def test_what_a_full_queue_refuses_is_tried_in_pauses_and_told_when_there_is_room(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    left = await left_behind(store, 2000)
    async with Broker.of(breakable.servers) as broker:
        await broker.say(*(person_registered() for _ in range(2)))
        async with AsyncExitStack() as services:
            async with breakable.full(FULL, length=1):
                service = await services.enter_async_context(
                    counting(breakable.servers, store, tmp_path)
                )
                await service.says(reason=None)
                await asyncio.sleep(SECONDS)  # as long as a loop without pauses would go on
                tried = await broker.depth(NOT_FULL)
                waiting = await store["outbox"].count_documents({})
            await emptied(store["outbox"])
        told = await broker.taken(FULL)

    assert (waiting, 0 < tried < HOT) == (2002, True)
    assert {message.message_id for message in told} >= set(left)
    assert service.warnings() == {"events_not_confirmed": 1}


class Picky(InMemoryPublisher):
    """Confirms nothing of some events."""

    def __init__(self, refused: Sequence[str]) -> None:
        super().__init__()
        self._refused = set(refused)

    async def publish(self, envelopes: Sequence[Envelope]) -> list[str]:
        return await super().publish([one for one in envelopes if one.id not in self._refused])


async def test_events_that_are_refused_again_and_again_are_in_no_other_events_way(
    store: Database,
) -> None:
    refused = await left_behind(store, 2 * SWEEP_AT_ONCE, hours=2)
    [younger] = await left_behind(store, 1, hours=1)
    publisher = Picky(refused)
    outbox = Outbox(store, publisher, lease_seconds=0, limit=1)

    for _ in range(3):
        with suppress(UnavailableError):
            await outbox.sweep()

    assert [one.id for one in publisher.confirmed] == [younger]
