"""Reminders that are due at once, claimed and published by replicas of scheduling.

Counted afterwards where notification would hear them, beside a bare loop with the same guarantees.
"""

import asyncio
import re
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.embedded.ports import free_port
from services.scheduling.domain.calendar import LONDON
from services.scheduling.domain.engagements.engagement import Payment
from services.scheduling.domain.invitations.invitation import Answer, Invitation, InvitedSession
from services.scheduling.domain.resources.venues import Venue
from services.scheduling.store import mongo_diary
from services.scheduling.use_cases.asking import REMINDERS
from shared import topology
from shared.mongo import Database, Document
from shared.transaction import NEVER
from tests.bench.process_use import cpu_seconds
from tests.bench.service import Running, a_program
from tests.builders.exclusions import EXCLUSIONS, KEY_TEXT
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

REPLICAS = 2
STORED_AT_ONCE = 5_000
COUNTED = topology.queue("notification")
VENUE = Venue("hall", "Harlesden Neighbourhood Hall", "Craven Park Road", "NW10 3NS")
LOOK_SECONDS, QUIET_SECONDS = 0.1, 2.0
NOON = time(12)
ABOUT = re.compile(rb'"(?:subject|_id)": ?"([^"]+)"')
"""The invitation, in an event of the service and in one of the bare loop."""


@dataclass(frozen=True, slots=True)
class Worked:
    """How a backlog was worked off: how often each event of an invitation was heard, how fast."""

    heard: Mapping[str, Counter[str]]
    seconds: float
    cpu_ms: float


async def measure(servers: TestServers, reminders: int) -> list[dict[str, Any]]:
    """Return a row for the service and one for the bare loop: rate, doubles, missing.

    Given twice are reminders in two events; sent again the same event, whose inbox absorbs it.
    """
    service = await worked_off(servers, reminders, "tests.bench.by_day")
    bare = await worked_off(servers, reminders, "tests.bench.bare_reminders")
    return [
        _row("scheduling", reminders, service, bare),
        _row("bare loop", reminders, bare, bare),
    ]


def _row(who: str, reminders: int, worked: Worked, bare: Worked) -> dict[str, Any]:
    return {
        "by": who,
        "processes": REPLICAS,
        "reminders": reminders,
        "per_second": round(reminders / worked.seconds),
        "given_twice": sum(len(events) > 1 for events in worked.heard.values()),
        "sent_again": sum(events.total() - len(events) for events in worked.heard.values()),
        "missing": reminders - len(worked.heard),
        "to_bare": round(bare.seconds / worked.seconds, 2),
        "cpu_ms_each": round(worked.cpu_ms / reminders, 2),
    }


async def worked_off(servers: TestServers, reminders: int, module: str) -> Worked:
    """Store the backlog while the processes are frozen, thaw them, time until all is published."""
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[Document] = AsyncIOMotorClient(servers.mongo_url)
    async with (
        Broker.of(servers),
        _processes(servers, name, module) as running,
    ):
        _signal(running, signal.SIGSTOP)
        try:
            await store_backlog(mongo[name], reminders)
        finally:
            _signal(running, signal.SIGCONT)
        used, started = _cpu(running), perf_counter()
        await _published(mongo[name])
        seconds = perf_counter() - started
        used = _cpu(running) - used
        heard = await _heard(servers)
    await mongo.drop_database(name)
    mongo.close()
    return Worked(heard, seconds, used * 1000)


def invitation(noon: datetime) -> Invitation:
    """Build the invitation of somebody who comes tomorrow, and is to be reminded today."""
    starts_at = noon + timedelta(days=1, hours=2)
    session = InvitedSession(str(uuid4()), 0, starts_at, starts_at + timedelta(hours=2), VENUE)
    blank = Invitation(
        id=str(uuid4()),
        hub="west-london",
        correlation_id=str(uuid4()),
        participant_id=str(uuid4()),
        reference="P-1024",
        engagement_id=str(uuid4()),
        engagement_reference="E-17",
        match_id=str(uuid4()),
        title="Leaving hospital well",
        description="What made going home harder than it had to be, and what would have helped.",
        partner="A trust",
        payment=Payment(gbp_per_hour=25.0),
        answer=Answer.ACCEPTED,
        answer_by=noon - timedelta(days=7),
        issued_at=noon - timedelta(days=14),
    )
    return replace(blank, sessions=(session,))


async def store_backlog(database: Database, reminders: int) -> None:
    """Store people who come, each with one reminder that is due."""
    noon = datetime.combine(datetime.now(LONDON).date(), NOON, LONDON).astimezone(UTC)
    invitations = mongo_diary(database, EXCLUSIONS).invitations
    for begin in range(0, reminders, STORED_AT_ONCE):
        some = [invitation(noon) for _ in range(min(STORED_AT_ONCE, reminders - begin))]
        puts = map(invitations.keep, some)
        rows = [{**put.document, "_id": put.id, "version": 1} for put in puts]
        await database["invitations"].insert_many(rows)
        await database[REMINDERS].insert_many(each for one in some for each in _due(one, noon))


def _due(one: Invitation, noon: datetime) -> Iterator[Document]:
    for reminder in one.reminders().values():
        if reminder.at <= noon < reminder.useful_until:
            yield {
                "_id": reminder.id,
                "at": reminder.at,
                "about": {"invitation_id": one.id},
                "together": None,
                "tries": 0,
                "lease": NEVER,
                "failed": None,
                "asked": uuid4().hex,
            }


async def _heard(servers: TestServers) -> Mapping[str, Counter[str]]:
    """Count what lies in notification's queue, by the invitation it is about and its own id."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    last = 0.0

    async def count(message: AbstractIncomingMessage) -> None:
        nonlocal last
        about = ABOUT.search(message.body)
        found[about[1].decode() if about else ""][message.message_id or ""] += 1
        last = perf_counter()

    async with await aio_pika.connect(servers.rabbit["operator"]) as connection:
        queue = await (await connection.channel()).get_queue(COUNTED, ensure=False)
        last = perf_counter()
        await queue.consume(count, no_ack=True)
        while perf_counter() - last < QUIET_SECONDS:
            await asyncio.sleep(LOOK_SECONDS)
    return found


@asynccontextmanager
async def _processes(
    servers: TestServers, database: str, module: str
) -> AsyncIterator[list[Running]]:
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(REPLICAS):
            found.append(await stack.enter_async_context(scheduling(servers, database, module)))
            await found[-1].until_ready()
        yield found


@asynccontextmanager
async def scheduling(servers: TestServers, database: str, module: str) -> AsyncIterator[Running]:
    port = free_port()
    environment = {
        "SCHEDULING_RABBIT_URL": servers.rabbit["scheduling"],
        "SCHEDULING_MONGO_URL": servers.mongo_url,
        "SCHEDULING_DEVELOPMENT": "true",
        "SCHEDULING_EXCLUSION_KEY": KEY_TEXT,
        "SCHEDULING_DATABASE": database,
        "SCHEDULING_PORT": str(port),
        "SCHEDULING_LOG_LEVEL": "WARNING",
    }
    async with a_program(module, port, environment=environment) as found:
        yield found


async def _published(database: Database) -> None:
    for name in (REMINDERS, "outbox"):
        while await database[name].estimated_document_count():
            await asyncio.sleep(LOOK_SECONDS)


def _signal(running: Sequence[Running], what: signal.Signals) -> None:
    for each in running:
        each.process.send_signal(what)


def _cpu(running: Sequence[Running]) -> float:
    return sum(cpu_seconds(each.process.pid) for each in running)
