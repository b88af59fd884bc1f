"""Taking all services off the bus for some seconds, and proving that they stayed off it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any

from aio_pika.abc import AbstractChannel
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from cli.broker import AWAY
from cli.errors import REFUSED, UNREACHABLE, CommandError
from deploy.accounts import SERVICES
from shared.pause import FOR_BACKUP, LOOK_SECONDS, PAUSES
from shared.topology import queue

Client = AsyncMongoClient[Mapping[str, Any]]

ENDS_AFTER_MS = 20_000
PUT_OFF_SECONDS = 4.0
LONGEST_SECONDS = 180.0
STILL_SECONDS = 60.0
SEEN_SECONDS = 3 * LOOK_SECONDS
"""After so long each replica has read that there is a pause."""
QUIET_LOOKS = 3
"""In a row at which nobody reads: who was just starting reads for a moment after the first."""


class Paused:
    """A pause that lasts while it is put off; `check` raises CommandError once it has ended."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._has_lapsed = False
        self._was_read = False
        self._began = monotonic()

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return monotonic() - self._began

    async def begin(self) -> None:
        """Ask every replica of every service for it."""
        for service in SERVICES:
            await self._until_in(service, ENDS_AFTER_MS, is_new=True)

    async def keep(self) -> None:
        """Put its end off, again and again, up to a longest time."""
        try:
            while self.seconds < LONGEST_SECONDS:
                await asyncio.sleep(PUT_OFF_SECONDS)
                if not all([await self._until_in(each, ENDS_AFTER_MS) for each in SERVICES]):
                    return
        finally:
            self._has_lapsed = True

    async def end(self) -> None:
        """End it at once."""
        for service in SERVICES:
            await self._until_in(service, 0)

    async def until_still(self, channel: AbstractChannel) -> None:
        """Wait until nobody reads a queue: by then nobody publishes either."""
        await asyncio.sleep(SEEN_SECONDS)
        deadline = monotonic() + STILL_SECONDS
        quiet = 0
        while quiet < QUIET_LOOKS:
            reading = await _readers(channel)
            quiet = 0 if reading else quiet + 1
            if reading and monotonic() > deadline:
                raise CommandError(
                    f"{', '.join(reading)} did not pause within {STILL_SECONDS:.0f} s; see with "
                    "`wlc status` whether it runs in this version and is well, and run it again.",
                    UNREACHABLE,
                )
            await asyncio.sleep(LOOK_SECONDS / 2)

    async def look_on(self, channel: AbstractChannel) -> None:
        """Notice also who reads for a moment: what they took is in no queue and in no copy."""
        while True:
            self._was_read = self._was_read or bool(await _readers(channel))
            await asyncio.sleep(LOOK_SECONDS / 2)

    async def check(self, channel: AbstractChannel) -> None:
        """Raise CommandError unless it held until now."""
        if self._has_lapsed or self._was_read or await _readers(channel):
            raise CommandError(
                "the pause ended before the queues were copied, so nothing is kept of this "
                "backup; run it again, when less waits in the queues (`wlc status`).",
                REFUSED,
            )

    async def _until_in(self, service: str, milliseconds: int, *, is_new: bool = False) -> bool:
        """Set when it ends; False where it had ended already."""
        until = {"$set": {"until": {"$add": ["$$NOW", milliseconds]}}}
        lasts = {} if is_new else {"$expr": {"$gt": ["$until", "$$NOW"]}}
        rows = self._client[service][PAUSES]
        done = await rows.update_one({"_id": FOR_BACKUP, **lasts}, [until], upsert=is_new)
        return bool(done.matched_count or done.upserted_id)


@asynccontextmanager
async def paused(client: Client, channel: AbstractChannel) -> AsyncIterator[Paused]:
    """Pause everything for as long as the context lasts; it ends however that ends."""
    pause = Paused(client)
    working: list[asyncio.Task[None]] = []
    try:
        await pause.begin()
        working.append(asyncio.create_task(pause.keep()))
        await pause.until_still(channel)
        working.append(asyncio.create_task(pause.look_on(channel)))
        yield pause
    finally:
        for each in working:
            each.cancel()
            with suppress(asyncio.CancelledError, PyMongoError, *AWAY):
                await each
        await pause.end()


async def _readers(channel: AbstractChannel) -> list[str]:
    """Return the services whose queue somebody reads, or has messages of in hand."""
    counts = {}
    for service in SERVICES:
        declared = await channel.declare_queue(queue(service), passive=True)
        counts[service] = declared.declaration_result.consumer_count
    return [service for service, count in counts.items() if count]
