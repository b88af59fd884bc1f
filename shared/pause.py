"""A pause of the bus for a backup: nothing is read from the queues, and nothing is published.

Everything else goes on: what comes by HTTP or becomes due is stored, and its events wait in the
outbox. So the databases at any moment of the pause and the queues during it fit together.

A row in the service's own database asks for it, for all replicas. It ends at a time by the clock of
MongoDB, which whoever asked puts off while at work: who dies leaves a pause that ends by itself.
"""

import asyncio
from time import monotonic
from typing import Protocol

import structlog
from pymongo.errors import PyMongoError

from shared.errors import UnavailableError
from shared.mongo import Database, Document

log = structlog.get_logger()

PAUSES = "pauses"
FOR_BACKUP = "backup"
LOOK_SECONDS = 0.5
READING_SECONDS = 10.0
MILLISECONDS = 1000
LEFT: Document = {"left": {"$subtract": ["$until", "$$NOW"]}}


class Reads(Protocol):
    """Who reads the service's queue; a reader that has none gives back what it had in hand."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Holds(Protocol):
    """Who publishes what is stored; holding waits for what is under way."""

    async def hold(self) -> None: ...

    def release(self) -> None: ...


class Pause:
    """Takes one replica off the bus and back. Its reader stops last: nobody reads, nobody says."""

    def __init__(self, database: Database, outbox: Holds, reader: Reads) -> None:
        self._rows = database[PAUSES]
        self._outbox = outbox
        self._reader = reader
        self._ends = 0.0
        self._is_paused = False

    async def until_none(self) -> None:
        """Wait until there is none: nobody begins in one."""
        while await self._seconds_left() > 0:  # noqa: ASYNC110 - the row tells nobody
            await asyncio.sleep(LOOK_SECONDS)

    async def read_outside(self) -> None:
        """Have the reader begin, unless there is a pause by now: starting may have taken long."""
        await self.until_none()
        await self._reader.start()

    async def watch(self) -> None:
        """Begin and end with what the row says."""
        while True:
            is_asked = await self._seconds_left() > 0
            if is_asked and not self._is_paused:
                await self._begin()
            elif self._is_paused and not is_asked:
                await self._end()
            await asyncio.sleep(LOOK_SECONDS)

    async def _begin(self) -> None:
        self._is_paused = True
        log.info("bus_paused")
        await self._outbox.hold()
        await self._reader.stop()

    async def _end(self) -> None:
        """Read again, once that is possible: until then the queue keeps what is for the service."""
        self._outbox.release()
        async with asyncio.timeout(READING_SECONDS):
            await self._reader.stop()
            await self._reader.start()
        self._is_paused = False
        log.info("bus_resumed")

    async def _seconds_left(self) -> float:
        """Return what is left of a pause; while MongoDB is away, of the one that is known."""
        try:
            row = await self._rows.find_one({"_id": FOR_BACKUP}, LEFT)
        except (PyMongoError, UnavailableError):
            return self._ends - monotonic()
        left = float(row["left"]) / MILLISECONDS if row else 0.0
        self._ends = monotonic() + left
        return left
