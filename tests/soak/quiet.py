"""Waiting until nothing is under way anywhere any more."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from shared import due
from shared.mongo import Database
from tests.soak.installation import Installation

QUIET_LOOKS = 3
LOOK_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 600.0
SOON = timedelta(seconds=60)
WAITS = ("queue_depth", "retrying", "outbox")
LOOKED_FOR_AGAIN = {"receipts"}
"""Due work that comes again for weeks: a letter that was posted may come back."""
DUE_INDEX = due.INDEXES[0].document["name"]


async def until_quiet(installation: Installation, databases: Sequence[Database]) -> str:
    """Wait until nothing is under way anywhere; return what is after `LONGEST_WAIT_SECONDS`."""
    ends, quiet, under_way = monotonic() + LONGEST_WAIT_SECONDS, 0, ""
    while quiet < QUIET_LOOKS and monotonic() < ends:
        under_way = await _under_way(installation, databases)
        quiet = 0 if under_way else quiet + 1
        await asyncio.sleep(LOOK_SECONDS)
    return under_way


async def _under_way(installation: Installation, databases: Sequence[Database]) -> str:
    if found := busy(await installation.status()):
        return str(found)
    left = await work_in_hand(databases)
    return f"{left} pieces of due work" if left else ""


def busy(status: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return of the services those that are not known to be ready and without work, and why."""
    return {
        name: {wait: one[wait] for wait in ("ready", *WAITS)}
        for name, one in status.items()
        if not one["ready"] or any(one[wait] != 0 for wait in WAITS)
    }


async def work_in_hand(databases: Sequence[Database]) -> int:
    """Count the due work whose time has come or comes soon, and all that was put off."""
    time_has_come = {"at": {"$lt": datetime.now(UTC) + SOON}}
    was_put_off = {"tries": {"$gt": 0}}
    total = 0
    for database in databases:
        for name in await database.list_collection_names():
            if DUE_INDEX in await database[name].index_information():
                waits = [was_put_off] if name in LOOKED_FOR_AGAIN else [time_has_come, was_put_off]
                total += await database[name].count_documents({"failed": None, "$or": waits})
    return total
