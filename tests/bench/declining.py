"""A single decline, from what the person says to what follows for the others, as a bystander hears.

Scheduling runs as it does, with 40 engagements of 6 sessions that were planned together.
"""

import asyncio
import json
import statistics
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient

from shared import topology
from shared.contracts.base import Event
from shared.contracts.matches import MatchApproved
from shared.contracts.sessions import (
    InvitationDeclined,
    InvitationIssued,
    InvitationState,
    ReplyDeclined,
    SessionAnnounced,
    SessionUpdated,
)
from shared.outbox import envelope
from tests.bench.reminders import scheduling
from tests.builders.scheduling import approved, engagement, participant, reply
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

ENGAGEMENTS, PANEL, RESERVES, SESSIONS = 40, 12, 3, 6
LONGEST_SECONDS = 120.0
FOLLOWS = frozenset({InvitationIssued.TYPE, SessionUpdated.TYPE})

Row = dict[str, Any]


class Listener:
    """Hears all that scheduling says, as the console would."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)
        self.invited: dict[str, InvitationState] = {}
        self._declined: dict[str, str] = {}
        self._followed: dict[str, asyncio.Future[float]] = {}

    @classmethod
    @asynccontextmanager
    async def of(cls, servers: TestServers) -> AsyncIterator["Listener"]:
        """Listen as long as the context lasts."""
        async with await aio_pika.connect(servers.rabbit["operator"]) as connection:
            listener = cls()
            channel = await connection.channel()
            queue = await channel.get_queue(topology.queue("console"), ensure=False)
            await queue.consume(listener._hear, no_ack=True)
            yield listener

    async def until(self, kind: type[Event], count: int) -> None:
        """Wait until so many of a kind were heard."""
        async with asyncio.timeout(LONGEST_SECONDS):
            while self.counts[kind.TYPE] < count:
                await asyncio.sleep(0.02)

    def following(self, invitation_id: str) -> "asyncio.Future[float]":
        """Return when the first of what follows from a decline is heard."""
        return self._followed.setdefault(invitation_id, asyncio.get_running_loop().create_future())

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        now, body = perf_counter(), json.loads(message.body)
        self.counts[body["type"]] += 1
        if body["type"] == InvitationIssued.TYPE:
            self.invited[body["subject"]] = InvitationState.model_validate(body["data"])
        if body["type"] == InvitationDeclined.TYPE:
            self._declined[body["id"]] = body["subject"]
        about = self._declined.get(body.get("causationid") or "")
        if about and body["type"] in FOLLOWS and not self.following(about).done():
            self.following(about).set_result(now)


@asynccontextmanager
async def speaking(servers: TestServers, service: str) -> AsyncIterator[AbstractExchange]:
    """Say what a service may say, and nothing else: the broker sees to that."""
    async with await aio_pika.connect(servers.rabbit[service]) as connection:
        channel = await connection.channel(on_return_raises=True)
        yield await channel.get_exchange(topology.EVENTS, ensure=False)


async def say(exchange: AbstractExchange, event: Event) -> None:
    """Publish, and wait for the confirm."""
    item = envelope(event)
    message = aio_pika.Message(
        item.body,
        message_id=item.id,
        correlation_id=item.correlation_id,
        type=item.type,
        content_type=item.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    await exchange.publish(message, item.routing_key)


async def measure(servers: TestServers, declines: int) -> list[Row]:
    """Return a row: seconds until all was announced, then p50 and p99 of a decline in ms."""
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[Row] = AsyncIOMotorClient(servers.mongo_url)
    async with (
        Broker.of(servers),
        Listener.of(servers) as listener,
        speaking(servers, "intake") as intake,
        speaking(servers, "console") as console,
        scheduling(servers, name, "services.scheduling.main"),
    ):
        started = perf_counter()
        for event in _history():
            await say(console if isinstance(event, MatchApproved) else intake, event)
        await listener.until(SessionAnnounced, ENGAGEMENTS * SESSIONS)
        planned = perf_counter() - started
        asked = list(listener.invited.values())[:: ENGAGEMENTS * PANEL // declines]
        spans = [await _declined(console, listener, each) for each in asked[:declines]]
    await mongo.drop_database(name)
    mongo.close()
    cuts = statistics.quantiles(spans, n=100, method="inclusive")
    return [
        {
            "engagements": ENGAGEMENTS,
            "sessions": ENGAGEMENTS * SESSIONS,
            "heard_and_announced_s": round(planned, 2),
            "declines": len(spans),
            "p50_ms": round(cuts[49] * 1000, 1),
            "p99_ms": round(cuts[98] * 1000, 1),
        }
    ]


async def _declined(
    console: AbstractExchange, listener: Listener, invited: InvitationState
) -> float:
    following = listener.following(str(invited.invitation_id))
    started = perf_counter()
    await say(console, reply(ReplyDeclined, invited))
    async with asyncio.timeout(LONGEST_SECONDS):
        return await following - started


def _history() -> Iterator[Event]:
    """Yield who joins, what is asked for, and who was approved."""
    panels = {
        _id(f"engagement {e}"): [f"{e}-{p}" for p in range(PANEL + RESERVES)]
        for e in range(ENGAGEMENTS)
    }
    for names in panels.values():
        yield from (participant(name) for name in names)
    plan = {"count": SESSIONS, "minutes": 90, "every_days": 14}
    window = {"from": "2027-01-18", "to": "2027-05-31"}
    for each in panels:
        yield engagement(engagement_id=each, sessions=plan, window=window, places=PANEL)
    for each, names in panels.items():
        yield approved(
            *names[:PANEL],
            reserves=names[PANEL:],
            engagement_id=each,
            match_id=uuid5(each, "match"),
        )


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)
