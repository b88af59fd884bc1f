"""Work that becomes due: rows with a time, claimed by one replica, done in one commit.

Many rows are leased at once, under one token by which whoever leased them reads what they got: of
two replicas that ask for the same rows each gets some. A row is leased while it is worked on. Its
handler's changes are committed together with the removal of the row; a crash before that lets the
lease run out, and another replica does it again. What cannot be done is given up: what waits for it
is settled in one commit with the mark on the row.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from pymongo import ASCENDING, IndexModel
from pymongo.errors import ConnectionFailure, PyMongoError

from shared.changes import NOTHING, Changes, GivenUp, Undue
from shared.committer import Commits
from shared.errors import AppError
from shared.log import frames
from shared.mongo import BATCH, Database, Document

log = structlog.get_logger()

INDEXES = (IndexModel([("failed", ASCENDING), ("at", ASCENDING)]),)
AT_ONCE = 20
"""Unless the work of a collection says otherwise: work that is light is done many at a time."""
IDLE_SECONDS = 0.2
AWAY_SECONDS = 1.0
LEASE = timedelta(seconds=120)
FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 1800.0
OFTEN = 5
"""Tries from which on a passing failure may not pass by itself, so that somebody is to look."""


@dataclass(frozen=True, slots=True)
class DueWork:
    """A piece of work whose time has come; `tries` counts the failures before.

    `unfinished`: an attempt before it ended, by a crash or a fault, and what it did is not known.
    """

    id: str
    at: datetime
    about: Mapping[str, Any]
    tries: int
    asked: str
    together: str | None = None
    claim: str | None = None
    unfinished: bool = False


Handler = Callable[[DueWork], Awaitable[Changes]]


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows that were asked for under one token; which of them were got is to be read."""

    ids: tuple[str, ...]
    token: str
    until: datetime


async def nothing_to_settle(_work: DueWork) -> Changes:
    """Leave everything as it is when work is given up."""
    return NOTHING


class DueWorker:
    """Does the work of one collection as it becomes due; `settle` follows when it is given up."""

    def __init__(
        self,
        database: Database,
        collection: str,
        handler: Handler,
        commits: Commits,
        *,
        settle: Handler = nothing_to_settle,
        at_once: int = AT_ONCE,
    ) -> None:
        self._rows = database[collection]
        self._collection = collection
        self._handler = handler
        self._settle = settle
        self._commits = commits
        self._at_once = at_once
        self._in_hand: set[str] = set()
        self._unread: Claim | None = None
        self._asked = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Do what is due until told to stop, then finish what is in hand.

        The next are claimed when half are done: one group is committed while the next is read.
        """
        busy: set[asyncio.Task[None]] = set()
        while not stopping.is_set():
            room = self._at_once - len(busy)
            has_room = 2 * room >= self._at_once
            claimed = await self._claim_or_wait(room) if has_room else []
            busy |= {asyncio.create_task(self._do(work)) for work in claimed}
            is_all = has_room and not claimed
            wait_for = asyncio.ALL_COMPLETED if is_all else asyncio.FIRST_COMPLETED
            if busy:
                await asyncio.wait(busy, timeout=IDLE_SECONDS, return_when=wait_for)
                await asyncio.sleep(0)  # those settled together are told in one turn
                busy = {task for task in busy if not task.done()}
            else:
                await self._until_asked()
        if busy:
            await asyncio.wait(busy)

    def wake(self) -> None:
        """Look at once for what was asked for here; what others ask for is found in its turn."""
        self._asked.set()

    async def _until_asked(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), IDLE_SECONDS)
        self._asked.clear()

    async def work_once(self) -> int:
        """Do what is due now, as many pieces as at once; return how many were claimed here."""
        claimed = await self._claim_due(self._at_once)
        await asyncio.gather(*(self._do(work) for work in claimed))
        return len(claimed)

    async def _claim_or_wait(self, at_most: int) -> list[DueWork]:
        try:
            return await self._claim_due(at_most) if at_most else []
        except ConnectionFailure:  # `shared.health` says it, once
            await asyncio.sleep(AWAY_SECONDS)
            return []
        except PyMongoError as error:
            log.warning("due_work_unreadable", due=self._collection, error_type=_name(error))
            await asyncio.sleep(AWAY_SECONDS)
            return []

    async def _claim_due(self, at_most: int) -> list[DueWork]:
        """Return what is leased now: nobody else can do it, whatever goes wrong afterwards.

        A claim of which no answer came is read first: what it got is in nobody else's hands.
        """
        if self._unread is None:
            now = datetime.now(UTC)
            wanted = await self._due(now, at_most)
            if not wanted:
                return []
            self._unread = Claim(tuple(wanted), uuid4().hex, _in_milliseconds(now + LEASE))
            await self._claim(self._unread, now)
        claimed = [_work(row) for row in await self._got(self._unread)]
        self._unread = None
        self._in_hand |= {work.together for work in claimed if work.together}
        return claimed

    async def _due(self, now: datetime, at_most: int) -> list[str]:
        """Return what is due longest; of what belongs together one, and none while one is done."""
        query = {**_unclaimed(now), "together": {"$nin": list(self._in_hand)}}
        found = self._rows.find(
            query, {"together": 1}, sort=[("at", ASCENDING)], limit=at_most, batch_size=BATCH
        )
        first: dict[str, str] = {}
        async for row in found:
            first.setdefault(row.get("together") or row["_id"], row["_id"])
        return list(first.values())

    async def _claim(self, claim: Claim, now: datetime) -> None:
        mine = {"lease": claim.until, "claim": claim.token, "left": {"$ifNull": ["$claim", None]}}
        wanted = {"_id": {"$in": claim.ids}, **_unclaimed(now)}
        await self._rows.update_many(wanted, [{"$set": mine}])

    async def _got(self, claim: Claim) -> list[Document]:
        """Return what was claimed as it stands: what is asked anew since is not leased any more."""
        mine = {"_id": {"$in": claim.ids}, "claim": claim.token, "lease": claim.until}
        return await self._rows.find(mine, batch_size=BATCH).to_list(None)

    async def _do(self, work: DueWork) -> None:
        async def changes() -> Changes:
            own = Undue(self._collection, work.id, work.asked, work.claim)
            done = [own, *await self._due_beside(work)]
            return await self._handler(work) + Changes(tuple(done))

        inbox_id = f"due {self._collection} {work.id} {work.asked}"
        try:
            await self._commits.commit(inbox_id, changes)
        except AppError as error:
            await (self._put_off if error.retryable else self._give_up)(work, error)
        except Exception as error:  # noqa: BLE001 - a bug: kept for staff to see, not retried
            await self._give_up(work, error)
        finally:
            self._in_hand -= {work.together}

    async def _due_beside(self, work: DueWork) -> list[Undue]:
        """Return what is done with it: all that belongs together and was due before it begins."""
        if work.together is None:
            return []
        query = {
            "together": work.together,
            "_id": {"$ne": work.id},
            "failed": None,
            "at": {"$lte": datetime.now(UTC)},
        }
        rows = await self._rows.find(query, {"asked": 1}).to_list(None)
        return [Undue(self._collection, row["_id"], row["asked"]) for row in rows]

    async def _put_off(self, work: DueWork, error: AppError) -> None:
        delay = min(FIRST_DELAY_SECONDS * 2**work.tries, LONGEST_DELAY_SECONDS)
        later = datetime.now(UTC) + timedelta(seconds=delay)
        tell = log.warning if work.tries + 1 >= OFTEN else log.info
        tell("work_put_off", due=self._collection, error_code=error.code, attempt=work.tries)
        released: Document = {"at": later, "lease": datetime.now(UTC)}
        if not error.leaves_unknown and not work.unfinished:
            released["claim"] = None
        await self._update(work, {"$set": released, "$inc": {"tries": 1}})

    async def _give_up(self, work: DueWork, error: Exception) -> None:
        code = error.code if isinstance(error, AppError) else _name(error)
        log.error("work_failed", due=self._collection, error_code=code, exc_frames=frames(error))

        async def changes() -> Changes:
            given_up = GivenUp(self._collection, work.id, work.asked, code)
            return await self._settle(work) + Changes((given_up,))

        inbox_id = f"given up {self._collection} {work.id} {work.asked}"
        try:
            await self._commits.commit(inbox_id, changes)
        except Exception as unsettled:  # noqa: BLE001 - the mark at least, so that staff see it
            await self._mark(work, code, unsettled)

    async def _mark(self, work: DueWork, code: str, unsettled: Exception) -> None:
        """Mark what could not be settled, or put it off where it may be settled later."""
        if isinstance(unsettled, AppError) and unsettled.retryable:
            await self._put_off(work, unsettled)
            return
        frames_ = frames(unsettled)
        log.error("work_left_unsettled", due=self._collection, exc_frames=frames_)
        await self._update(work, {"$set": {"failed": code, "failed_at": datetime.now(UTC)}})

    async def _update(self, work: DueWork, update: Mapping[str, Any]) -> None:
        try:
            await self._rows.update_one({"_id": work.id, "asked": work.asked}, update)
        except PyMongoError:
            log.warning("work_left_leased", due=self._collection)


def _unclaimed(now: datetime) -> Document:
    return {"failed": None, "at": {"$lte": now}, "lease": {"$lt": now}}


def _in_milliseconds(at: datetime) -> datetime:
    """Return the moment as MongoDB keeps it, so that it is found by it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _work(row: Document) -> DueWork:
    return DueWork(
        row["_id"],
        row["at"],
        row["about"],
        row["tries"],
        row["asked"],
        together=row.get("together"),
        claim=row.get("claim"),
        unfinished=row.get("left") is not None,
    )


def _name(error: Exception) -> str:
    return type(error).__name__
