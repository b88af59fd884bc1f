"""What the console knows, in memory or on MongoDB, and events for it to hear."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.console.handlers import build_handlers
from services.console.ports import Knowledge
from services.console.store import INDEXES, mongo_knowledge
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.matches import MatchProposed
from shared.contracts.messages import NotificationCallNeeded
from shared.facts import Facts
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.console import BEFORE_THE_SAMPLES_END
from tests.builders.events import an_event
from tests.fakes.console import InMemoryConsole


@dataclass
class Subject:
    """What the console knows, on whatever it is stored."""

    known: Knowledge
    commit: Callable[[Changes], Awaitable[None]]

    async def hear(self, *events: Event) -> None:
        handlers = build_handlers(self.known, Facts("console"))
        for event in events:
            await self.commit(await handlers._of_event[event.TYPE](event))


def in_memory() -> Subject:
    console = InMemoryConsole()

    async def commit(changes: Changes) -> None:
        console.commit(changes)

    return Subject(console.known, commit)


async def on_mongo(database: Database) -> Subject:
    for name, indexes in {**INDEXES, "inbox": [], "outbox": []}.items():
        await database.create_collection(name)
        if indexes:
            await database[name].create_indexes(list(indexes))

    async def commit(changes: Changes) -> None:
        await Transaction(database).run([str(uuid4())], changes.writes, [])

    return Subject(mongo_knowledge(database), commit)


def match_at(number: int, **changes: Any) -> MatchProposed:
    match_id, engagement_id = uuid4(), uuid4()
    data = {"match_id": match_id, "engagement_id": engagement_id, **changes.pop("data", {})}
    at = BEFORE_THE_SAMPLES_END + timedelta(minutes=number)
    return an_event(MatchProposed, data=data, subject=str(match_id), time=at, **changes)


def call_at(number: int) -> NotificationCallNeeded:
    message_id, at = uuid4(), BEFORE_THE_SAMPLES_END + timedelta(minutes=number)
    data = {"message_id": message_id, "at": at}
    return an_event(NotificationCallNeeded, data=data, subject=str(message_id), time=at)
