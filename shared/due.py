"""Work that becomes due: rows with a time, claimed by one replica, done in one commit.

A row is leased while it is worked on. Its handler's changes are committed together with the removal
of the row; a crash before that lets the lease run out, and another replica does it again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from shared.changes import Changes, Undue
from shared.committer import Commits
from shared.errors import AppError, UnavailableError
from shared.log import frames
from shared.mongo import Database, Document

log = structlog.get_logger()

INDEXES = (IndexModel([("failed", ASCENDING), ("at", ASCENDING)]),)
AT_ONCE = 20
IDLE_SECONDS = 0.2
LEASE = timedelta(seconds=120)
FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class DueWork:
    """A piece of work whose time has come; `tries` counts the failures before."""

    id: str
    at: datetime
    about: Mapping[str, Any]
    tries: int
    asked: str


Handler = Callable[[DueWork], Awaitable[Changes]]


class DueWorker:
    """Does the work of one collection as it becomes due."""

    def __init__(
        self, database: Database, collection: str, handler: Handler, commits: Commits
    ) -> None:
        self._rows = database[collection]
        self._collection = collection
        self._handler = handler
        self._commits = commits

    async def run(self) -> None:
        """Do what is due, for ever; a database that is away is waited for."""
        while True:
            try:
                worked = await self.work_once()
            except (UnavailableError, PyMongoError):
                worked = 0
            if not worked:
                await asyncio.sleep(IDLE_SECONDS)

    async def work_once(self) -> int:
        """Do what is due now, at most `AT_ONCE` pieces; return how many were claimed here."""
        now = datetime.now(UTC)
        query = {"failed": None, "at": {"$lte": now}, "lease": {"$lt": now}}
        rows = await self._rows.find(query, sort=[("at", ASCENDING)], limit=AT_ONCE).to_list(
            AT_ONCE
        )
        claimed = [row for row in rows if await self._claim(row, now)]
        await asyncio.gather(*(self._do(_work(row)) for row in claimed))
        return len(claimed)

    async def _claim(self, row: Document, now: datetime) -> bool:
        unclaimed = {"_id": row["_id"], "asked": row["asked"], "lease": row["lease"]}
        result = await self._rows.update_one(unclaimed, {"$set": {"lease": now + LEASE}})
        return result.modified_count == 1

    async def _do(self, work: DueWork) -> None:
        async def changes() -> Changes:
            done = Undue(self._collection, work.id, work.asked)
            return await self._handler(work) + Changes((done,))

        inbox_id = f"due {self._collection} {work.id} {work.asked}"
        try:
            await self._commits.commit(inbox_id, changes)
        except AppError as error:
            await (self._put_off if error.retryable else self._give_up)(work, error)
        except Exception as error:  # noqa: BLE001 - a bug: kept for staff to see, not retried
            await self._give_up(work, error)

    async def _put_off(self, work: DueWork, error: AppError) -> None:
        delay = min(FIRST_DELAY_SECONDS * 2**work.tries, LONGEST_DELAY_SECONDS)
        later = datetime.now(UTC) + timedelta(seconds=delay)
        log.info("work_put_off", due=self._collection, error_code=error.code, attempt=work.tries)
        released = {"at": later, "lease": datetime.now(UTC)}
        await self._update(work, {"$set": released, "$inc": {"tries": 1}})

    async def _give_up(self, work: DueWork, error: Exception) -> None:
        code = error.code if isinstance(error, AppError) else type(error).__name__
        log.error("work_failed", due=self._collection, error_code=code, exc_frames=frames(error))
        await self._update(work, {"$set": {"failed": code}})

    async def _update(self, work: DueWork, update: Mapping[str, Any]) -> None:
        try:
            await self._rows.update_one({"_id": work.id, "asked": work.asked}, update)
        except PyMongoError:
            log.warning("work_left_leased", due=self._collection)


def _work(row: Document) -> DueWork:
    return DueWork(row["_id"], row["at"], row["about"], row["tries"], row["asked"])
