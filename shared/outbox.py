"""Events on their way out: stored with the change they tell of, published with confirms, deleted.

A row is born leased to the process that stored it, which publishes it at once. What a crash or a
broken connection left is swept by whichever replica finds the lease run out. A row published twice
has the same id, which the inbox of its consumers absorbs; a row is deleted only after its confirm.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Protocol

import structlog
from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from shared.contracts.base import CONTENT_TYPE, Event
from shared.errors import UnavailableError
from shared.mongo import Database, Document

log = structlog.get_logger()

INDEXES = (IndexModel([("lease", ASCENDING), ("at", ASCENDING)]),)
SWEEP_AT_ONCE = 200
DEEP = 100_000
LOOK_SECONDS = 1.0
HOLD_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event as the broker gets it."""

    id: str
    type: str
    routing_key: str
    body: bytes
    correlation_id: str
    content_type: str = CONTENT_TYPE


class Publisher(Protocol):
    """The way out."""

    async def publish(self, envelopes: Sequence[Envelope]) -> list[str]:
        """Return the ids of those that the broker has confirmed in time."""
        ...


def envelope(event: Event) -> Envelope:
    """Return the event as it goes to the broker."""
    body = event.model_dump_json(exclude_none=True).encode()
    return Envelope(event.id, event.TYPE, event.routing_key, body, event.correlationid)


class Outbox:
    """The rows of one service's database, and the publishing of them."""

    def __init__(
        self, database: Database, publisher: Publisher, *, lease_seconds: float, limit: int
    ) -> None:
        self._rows = database["outbox"]
        self._publisher = publisher
        self._lease = timedelta(seconds=lease_seconds)
        self._limit = limit
        self._is_full = False
        self._look_again_at = 0.0
        self._is_held = False
        self._under_way = 0

    async def hold(self) -> None:
        """Publish nothing from now on; returns when nothing is under way any more."""
        self._is_held = True
        while self._under_way:  # noqa: ASYNC110 - it is over within seconds, and seldom asked
            await asyncio.sleep(HOLD_SECONDS)

    def release(self) -> None:
        """Publish again; what was held is swept."""
        self._is_held = False

    def rows(self, envelopes: Iterable[Envelope]) -> list[Document]:
        """Return what is to be stored in the transaction of the change."""
        now = datetime.now(UTC)
        lease = now if self._is_held else now + self._lease
        return [
            {
                "_id": item.id,
                "type": item.type,
                "key": item.routing_key,
                "body": item.body,
                "correlation_id": item.correlation_id,
                "at": now,
                "lease": lease,
            }
            for item in envelopes
        ]

    async def send(self, envelopes: Sequence[Envelope]) -> bool:
        """Publish what is stored already and delete it; False when some is left for the sweep."""
        if not envelopes:
            return True
        sent = await self._publish(envelopes)
        await self._delete(sent)
        return len(sent) == len(envelopes)

    async def _publish(self, envelopes: Sequence[Envelope]) -> list[str]:
        if self._is_held:
            return []
        self._under_way += 1
        try:
            return await self._publisher.publish(envelopes)
        finally:
            self._under_way -= 1

    async def _delete(self, ids: list[str]) -> None:
        if not ids:
            return
        try:
            await self._rows.delete_many({"_id": {"$in": ids}})
        except PyMongoError:
            log.warning("outbox_rows_left", count=len(ids), reason="will be published again")

    async def sweep(self) -> int:
        """Publish what is left from a crash or a refusal; return how many rows were taken.

        What was longest left alone comes first, so that what is refused again and again is in
        nobody's way. Raises UnavailableError when MongoDB let none be taken, or none was confirmed.
        """
        taken = [] if self._is_held else await self._take_left()
        sent = await self._publish([_stored(row) for row in taken]) if taken else []
        await self._delete(sent)
        if taken and not sent and not self._is_held:
            raise UnavailableError("the broker confirmed nothing")
        return len(taken)

    async def _take_left(self) -> list[Document]:
        """Return the rows that are leased now, which is so whatever goes wrong with the rest."""
        now = datetime.now(UTC)
        taken: list[Document] = []
        try:
            left = await self._rows.find(
                {"lease": {"$lt": now}}, sort=[("lease", ASCENDING)], limit=SWEEP_AT_ONCE
            ).to_list(SWEEP_AT_ONCE)
            for row in left:
                if await self._claim(row, now):
                    taken.append(row)  # noqa: PERF401 - kept when the next fails
        except PyMongoError as error:
            if not taken:
                raise UnavailableError("MongoDB did not answer the sweep") from error
            log.warning("outbox_rows_left", count=len(left) - len(taken), reason="MongoDB is away")
        return taken

    async def _claim(self, row: Document, now: datetime) -> bool:
        mine = {"$set": {"lease": now + self._lease}}
        changed = await self._rows.update_one({"_id": row["_id"], "lease": row["lease"]}, mine)
        return changed.modified_count == 1

    async def check_room(self) -> None:
        """Raise UnavailableError while more rows wait than the limit; looked at once a second."""
        if monotonic() >= self._look_again_at:
            self._look_again_at = monotonic() + LOOK_SECONDS
            self._is_full = await self._count(self._limit + 1) > self._limit
        if self._is_full:
            raise UnavailableError("too many events wait to be published")

    async def depth(self) -> int:
        """Return how many rows wait to be published, at most `DEEP`."""
        return await self._count(DEEP)

    async def _count(self, at_most: int) -> int:
        try:
            return int(await self._rows.count_documents({}, limit=at_most))
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a count") from error


def _stored(row: dict[str, Any]) -> Envelope:
    return Envelope(row["_id"], row["type"], row["key"], row["body"], row["correlation_id"])
