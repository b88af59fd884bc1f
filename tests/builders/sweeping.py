"""A whole sweep of one service on MongoDB, as its worker would do it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from shared.aged import MongoAged
from shared.changes import Due
from shared.due import DueWork
from shared.facts import Facts
from shared.mongo import Database
from shared.periods import RETENTION, Periods
from shared.retention import DAILY, Retention, Sweep, mongo_runs
from shared.transaction import Transaction

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
DAY = "2026-11-27"


def periods_of(service: str) -> Periods:
    """Return the table of a service."""
    found: Periods = import_module(f"services.{service}.retention").PERIODS
    return found


def usual_settings(service: str) -> SimpleNamespace:
    """Return a service's settings where nobody has set any."""
    fields = import_module(f"services.{service}.settings").Settings.model_fields
    return SimpleNamespace(**{name: each.default for name, each in fields.items()})


def facts_at(service: str, now: datetime = NOW) -> Facts:
    """Return facts with a clock that stands."""
    return Facts(service, now=lambda: now)


async def swept(database: Database, service: str, ends: Mapping[str, Any]) -> Mapping[str, int]:
    """Sweep until it is done; return what was ended. Work that it asks for is left aside."""
    module, facts = import_module(f"services.{service}.retention"), facts_at(service)
    sweep = Sweep(module.PERIODS, getattr(module, "ENGAGEMENTS", None), ends)
    runs, transaction = mongo_runs(database), Transaction(database)
    aged = MongoAged(database, sweep.engagements)
    retention = Retention(sweep, usual_settings(service), aged, runs, facts)
    about: Mapping[str, Any] | None = {"day": DAY}
    while about is not None:
        changes = await retention.step(DueWork(DAILY, NOW, about, 0, "asked"))
        await transaction.run([str(uuid4())], changes.writes, [])
        asked = (each for each in changes.writes if isinstance(each, Due))
        about = next((each.about for each in asked if each.collection == RETENTION), None)
    run = await runs.get(DAY)
    assert run is not None
    return run.ended
