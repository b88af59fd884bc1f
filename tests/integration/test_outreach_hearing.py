"""Publishers hear whom their hubs look for, on a real broker."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractQueue
from aiormq.exceptions import ChannelAccessRefused

from cli.doctoring.faults import MISSING
from cli.doctoring.structure import find_faults, mend
from shared import topology
from shared.contracts.outreach import OutreachClosed, OutreachNews, OutreachRequested
from shared.outbox import envelope
from tests.builders.events import an_event
from tests.integration.doctoring.upgraded import only
from tests.servers import TestServers

PUBLISHING = Path(__file__).parents[2] / "docs" / "publishing.md"
TRUST, LAMBETH, BOTH = "nwl-trust", "lambeth-hub", "staff-import"
QUEUE = topology.outreach_queue(TRUST)


@dataclass(frozen=True)
class Bus:
    """Matching, which says, and publishers, who hear; the operator."""

    matching: AbstractChannel
    operator: AbstractChannel
    publishers: dict[str, AbstractChannel]

    async def says(self, news: OutreachNews) -> None:
        events = await self.matching.get_exchange(topology.EVENTS, ensure=False)
        said = envelope(news)
        await events.publish(aio_pika.Message(said.body, message_id=said.id), said.routing_key)

    async def queue_of(self, publisher: str) -> AbstractQueue:
        name = topology.outreach_queue(publisher)
        return await self.publishers[publisher].get_queue(name, ensure=False)

    async def depth(self) -> int:
        queue = await self.operator.declare_queue(QUEUE, passive=True)
        return queue.declaration_result.message_count or 0

    async def hubs_heard(self, publisher: str) -> list[str]:
        heard, queue = [], await self.queue_of(publisher)
        while message := await queue.get(no_ack=True, fail=False):
            heard.append(json.loads(message.body)["hub"])
        return heard


@pytest.fixture
async def bus(servers: TestServers) -> AsyncIterator[Bus]:
    names = ("matching", "operator", TRUST, LAMBETH, BOTH)
    connections = [await aio_pika.connect(servers.rabbit[name]) for name in names]
    matching, operator, *publishers = [
        await each.channel(on_return_raises=True) for each in connections
    ]
    bus = Bus(matching, operator, dict(zip((TRUST, LAMBETH, BOTH), publishers, strict=True)))
    for name in bus.publishers:
        await (await bus.queue_of(name)).purge()
    yield bus
    await (await operator.get_queue(topology.queue("console"), ensure=False)).purge()
    for each in connections:
        await each.close()


def requested(hub: str) -> OutreachRequested:
    return an_event(OutreachRequested, hub=hub)


async def test_a_publisher_hears_whom_its_hubs_look_for_and_nothing_of_another_hub(
    bus: Bus,
) -> None:
    for hub in ("west-london", "lambeth"):
        await bus.says(requested(hub))
        await bus.says(an_event(OutreachClosed, hub=hub))

    assert await bus.hubs_heard(TRUST) == ["west-london"] * 2
    assert await bus.hubs_heard(LAMBETH) == ["lambeth"] * 2
    assert await bus.hubs_heard(BOTH) == ["west-london"] * 2 + ["lambeth"] * 2


async def test_a_publisher_may_not_read_what_another_one_hears(bus: Bus) -> None:
    queue = await bus.publishers[LAMBETH].get_queue(QUEUE, ensure=False)

    with pytest.raises(ChannelAccessRefused):
        await queue.get(no_ack=True, fail=False)


async def test_the_lines_of_the_guide_read_the_requests(bus: Bus, servers: TestServers) -> None:
    request = requested("west-london")
    listening = next(
        each
        for each in re.findall(r"```python\n(.*?)```", PUBLISHING.read_text(), re.DOTALL)
        if "outreach" in each
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", listening),
        env={"WLC_AMQP_URL": servers.rabbit[TRUST]},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout

    await bus.says(request)
    async with asyncio.timeout(30):
        printed = (await process.stdout.readline()).decode()
    process.terminate()
    await process.wait()

    assert request.subject in printed
    assert request.data.wanted[0].sentence in printed


async def test_the_doctor_makes_the_queue_where_an_older_version_had_none(bus: Bus) -> None:
    await bus.operator.queue_delete(QUEUE)

    [missing] = await find_faults(bus.operator, only(QUEUE))
    await mend(bus.operator, only(QUEUE), {}, print)
    await bus.says(requested("west-london"))

    assert missing.sentence.startswith(MISSING)
    assert await bus.hubs_heard(TRUST) == ["west-london"]


async def test_the_doctor_ends_the_hearing_of_a_publisher_that_has_lost_a_hub(bus: Bus) -> None:
    before, after = (
        topology.structure({TRUST: hubs, LAMBETH: ["lambeth"]})
        for hubs in (["west-london", "lambeth"], ["west-london"])
    )

    heard = []
    for structure in (before, after):
        await mend(bus.operator, structure, {}, print)
        await bus.says(requested("lambeth"))
        heard.append(await bus.hubs_heard(TRUST))

    assert heard == [["lambeth"], []]


async def test_a_publisher_that_never_reads_holds_up_nobody_and_finds_the_newest(bus: Bus) -> None:
    large = "x" * 200_000
    for number in range(100):
        await bus.says(an_event(OutreachRequested, sequence=number + 1, data={"title": large}))

    queue = await bus.queue_of(TRUST)
    kept = [await queue.get(no_ack=True) for _ in range(await bus.depth())]

    assert 50 < len(kept) < 100
    assert [json.loads(each.body)["sequence"] for each in kept if each][-1] == 100
