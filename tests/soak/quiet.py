"""Waiting until nothing is under way anywhere any more."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from shared import due
from shared.mongo import Database
from tests.soak.installation import Installation

QUIET_LOOKS = 3
LOOK_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 900.0
SOON = timedelta(seconds=60)
WAITS = ("queue_depth", "retrying", "outbox")
DUE_INDEX = due.INDEXES[0].document["name"]


async def until_quiet(installation: Installation, databases: Sequence[Database]) -> float:
    """Wait until nothing is under way anywhere; return the seconds. Raises AssertionError."""
    started, quiet = monotonic(), 0
    while quiet < QUIET_LOOKS:
        found = await installation.status()
        busy = [one for one in found.values() if not one["ready"] or any(one[w] for w in WAITS)]
        left = None if busy else await work_in_hand(databases)
        quiet = 0 if left != 0 else quiet + 1
        assert monotonic() - started < LONGEST_WAIT_SECONDS, f"never quiet: {left} due, {found}"
        await asyncio.sleep(LOOK_SECONDS)
    return monotonic() - started


async def work_in_hand(databases: Sequence[Database]) -> int:
    """Count the due work whose time has come or comes soon, and all that was put off."""
    time_has_come = {"at": {"$lt": datetime.now(UTC) + SOON}}
    wanted = {"failed": None, "$or": [time_has_come, {"tries": {"$gt": 0}}]}
    total = 0
    for database in databases:
        for name in await database.list_collection_names():
            if DUE_INDEX in await database[name].index_information():
                total += await database[name].count_documents(wanted)
    return total
