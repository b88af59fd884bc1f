"""What has been kept for its time is ended, every night, by itself.

A row of due work asks for the day's sweep, once for all replicas; it takes some rows at a time, by
id, and each step is a commit of its own that asks for the next. So a kill loses nothing, and no row
is looked at twice in a night. A step that is given up keeps no other collection from its turn.

What is deleted names the version it was read at, as every write does: where a row moves on, the
step is done anew. Marks of who was forgotten stay, so that nothing brings them back.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter, Gauge

from shared.aged import AT_ONCE, Aged, Engagements, MongoAged, Row
from shared.changes import NOTHING, Changes, Due, Put, Remove, Write
from shared.committer import Commits, Outcome, Work
from shared.due import DueWork
from shared.errors import AppError
from shared.facts import Facts
from shared.handlers import Handlers
from shared.mongo import Collection, Database
from shared.periods import RETENTION, RUNS, Periods, days_of

log = structlog.get_logger()

DAILY = "daily"
LOOK_SECONDS = 300.0
LONDON = ZoneInfo("Europe/London")
NIGHT = timedelta(hours=2)
"""After midnight in London: a day begins then for the sweep, when little else is done."""

ENDED = Counter(
    "wlc_retention_rows", "Rows whose period was over, deleted or blanked.", ("collection",)
)
LAST_DONE = Gauge("wlc_retention_done_timestamp_seconds", "When the newest sweep was finished.")


@dataclass(frozen=True, slots=True)
class Run:
    """A sweep that was finished, by its day: how many rows of which collection it ended."""

    id: str
    at: datetime
    ended: Mapping[str, int]
    version: int = 0


class Runs(Protocol):
    """Sweeps of before."""

    async def get(self, entity_id: str, /) -> Run | None: ...
    def keep(self, entity: Run, /) -> Put: ...


Ends = Callable[[Sequence[str]], Awaitable[Changes]]
"""What is to become of rows, by id, where they are not simply deleted."""
Beside = Callable[[], Awaitable[int]]
"""Ends what lies beside the database, and says how much; done twice it finds nothing."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is ended in a service, by what rules, and how where that is not simply deleting it."""

    periods: Periods
    engagements: Engagements | None = None
    ends: Mapping[str, Ends] = field(default_factory=dict)
    beside: Mapping[str, Beside] = field(default_factory=dict)


class Retention:
    """Carries out a sweep, step by step."""

    def __init__(
        self, sweep: Sweep, settings: object, aged: Aged, runs: Runs, facts: Facts
    ) -> None:
        self._periods = {name: each for name, each in sweep.periods.items() if each.setting}
        self._days = days_of(sweep.periods, settings)
        self._ends = sweep.ends
        self._beside = sweep.beside
        self._aged = aged
        self._runs = runs
        self._facts = facts

    async def step(self, work: DueWork) -> Changes:
        """End some rows, and ask for the next; after the last, note that the day is done."""
        ended, name = Tally(work.about.get("ended", {})), self._name(work)
        if name in self._beside:
            ended[name] += await self._beside[name]()
            return await self._followed(work, name, ended)
        rows = await self._rows(name, work.about.get("after", ""))
        changes = await self._changes(name, rows)
        ended[name] += sum(_is_of(write, name) for write in changes.writes)
        if len(rows) == AT_ONCE:
            return changes + self._asked(work, ended, step=name, after=rows[-1].id)
        return changes + await self._followed(work, name, ended)

    def passed_over(self, work: DueWork) -> Changes:
        """Go on where a step was given up, with the next collection; the day is not done then.

        Its own row stays as it is, for whoever looks after failed work.
        """
        name = self._name(work)
        following, ended = self._following(name), work.about.get("ended", {})
        if following is None:
            return NOTHING
        after = replace(work, id=f"{DAILY} after {name}")
        return self._asked(after, ended, step=following, after="", is_whole=False)

    @property
    def _names(self) -> list[str]:
        return [*self._periods, *self._beside]

    def _name(self, work: DueWork) -> str:
        """Return the collection whose turn it is: the first, also after one of a version before."""
        name = str(work.about.get("step"))
        return name if name in self._names else self._names[0]

    def _following(self, name: str) -> str | None:
        return next(iter(self._names[self._names.index(name) + 1 :]), None)

    async def _followed(self, work: DueWork, name: str, ended: "Tally[str]") -> Changes:
        if following := self._following(name):
            return self._asked(work, ended, step=following, after="")
        if not work.about.get("is_whole", True):
            log.error("retention_not_done")
            return NOTHING
        return await self._noted(work.about["day"], +ended)

    async def _rows(self, name: str, after: str) -> list[Row]:
        kept = self._periods[name]
        before = day_of(self._facts.now()) - timedelta(days=self._days[kept.setting])
        return await self._aged.page(name, kept, before, after)

    async def _changes(self, name: str, rows: Sequence[Row]) -> Changes:
        if rows and name in self._ends:
            return await self._ends[name]([each.id for each in rows])
        return Changes(tuple(Remove(name, each.id, each.version) for each in rows))

    def _asked(self, work: DueWork, ended: Mapping[str, int], **about: Any) -> Changes:
        is_whole = work.about.get("is_whole", True)
        told = {"day": work.about["day"], "ended": dict(ended), "is_whole": is_whole, **about}
        return Changes((Due(RETENTION, work.id, self._facts.now(), told),))

    async def _noted(self, day: str, ended: Mapping[str, int]) -> Changes:
        known, now = await self._runs.get(day), self._facts.now()
        for name, count in ended.items():
            ENDED.labels(name).inc(count)
            log.info("kept_long_enough", action=name, count=count)
        log.info("retention_done", count=sum(ended.values()))
        LAST_DONE.set(now.timestamp())
        run = Run(day, now, dict(ended), version=known.version if known else 0)
        return Changes((self._runs.keep(run),))


def _is_of(write: Write, name: str) -> bool:
    """Whether a write ends a row of the collection, or asks for one to be ended."""
    return write.collection == name or isinstance(write, Due)


class Process(Protocol):
    """What of a service's process the sweep needs."""

    @property
    def database(self) -> Database: ...
    def background(self, loop: Callable[[], Coroutine[None, None, None]]) -> None: ...
    async def commit(self, message_id: str, work: Work) -> Outcome: ...


def keep_periods(
    process: Process, handlers: Handlers, settings: object, facts: Facts, sweep: Sweep
) -> None:
    """Have a process end each night what has been kept for its time."""
    aged = MongoAged(process.database, sweep.engagements)
    retention = Retention(sweep, settings, aged, mongo_runs(process.database), facts)
    swept_when_due(handlers, retention)
    process.background(partial(ask_each_night, process, facts))


def mongo_runs(database: Database) -> Runs:
    """Return the sweeps of a service."""
    return Collection(database, RUNS, Run)


def swept_when_due(handlers: Handlers, retention: Retention) -> None:
    """Have the sweep done as it becomes due."""

    @handlers.when_due(RETENTION, at_once=1)
    async def on_retention_due(work: DueWork) -> Changes:
        return await retention.step(work)

    @handlers.when_given_up(RETENTION)
    async def on_retention_given_up(work: DueWork) -> Changes:
        return retention.passed_over(work)


def day_of(moment: datetime) -> date:
    """Return the day that a sweep at that moment is of."""
    return (moment.astimezone(LONDON) - NIGHT).date()


async def ask_each_night(
    commits: Commits, facts: Facts, *, every_seconds: float = LOOK_SECONDS
) -> None:
    """Ask for the sweep of each day, which the inbox lets happen once for all replicas."""
    asked = None
    while True:
        day = day_of(facts.now())
        if day != asked:

            async def wanted(day: date = day) -> Changes:
                about = {"day": day.isoformat()}
                return Changes((Due(RETENTION, DAILY, facts.now(), about),))

            try:
                await commits.commit(f"retention {day}", wanted)
                asked = day
            except AppError as error:
                log.warning("retention_not_asked_for", error_code=error.code)
        await asyncio.sleep(every_seconds)
