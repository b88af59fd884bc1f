"""Old and new things in a database, and what a sweep leaves of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.mongo import Collection, Database
from shared.retention import Run
from shared.transaction import Transaction
from tests.builders.sweeping import NOW, periods_of

AGES = {"old": 4 * 365, "new": 100}
"""Of whatever there are two, in days."""
RUNS = "retention_runs"


def ago(age: str) -> datetime:
    return NOW - timedelta(days=AGES[age])


async def kept_in(database: Database, *puts: Any) -> None:
    await Transaction(database).run([str(uuid4())], puts, [])


async def left_in(database: Database, service: str) -> dict[str, set[str]]:
    """Return the ids of what there is, by each collection that the sweep ends."""
    ended = [name for name, kept in periods_of(service).items() if kept.setting and name != RUNS]
    return {name: {row["_id"] async for row in database[name].find()} for name in ended}


def all_ended(service: str) -> set[str]:
    return {name for name, kept in periods_of(service).items() if kept.setting}


async def an_old_run(database: Database) -> None:
    runs = Collection(database, RUNS, Run)
    await kept_in(
        database, *(runs.keep(Run(ago(age).date().isoformat(), ago(age), {})) for age in AGES)
    )
