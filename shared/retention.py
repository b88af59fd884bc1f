"""What has been kept for its time is ended, every night, by itself.

A row of due work asks for the day's sweep, once for all replicas; it takes some rows at a time, by
id, and each step is a commit of its own that asks for the next. So a kill loses nothing, and no row
is looked at twice in a night.

What is deleted names the version it was read at, as every write does: a row that moves on is looked
at again the next night. Marks of who was forgotten stay, so that nothing brings them back.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter, Gauge
from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from shared.changes import Changes, Due, Put, Remove, Write
from shared.committer import Commits, Outcome, Work
from shared.due import DueWork
from shared.errors import AppError, UnavailableError
from shared.facts import Facts
from shared.handlers import Handlers
from shared.mongo import Collection, Database, Document
from shared.periods import RETENTION, RUNS, Kept, Periods, days_of

log = structlog.get_logger()

DAILY = "daily"
AT_ONCE = 200
"""Rows of one step: what is computed and committed together."""
LOOK_SECONDS = 300.0
LONDON = ZoneInfo("Europe/London")
NIGHT = timedelta(hours=2)
"""After midnight in London: a day begins then for the sweep, when little else is done."""

ENDED = Counter(
    "wlc_retention_rows", "Rows whose period was over, deleted or blanked.", ("collection",)
)
LAST_DONE = Gauge("wlc_retention_done_timestamp_seconds", "When the newest sweep was finished.")


@dataclass(frozen=True, slots=True)
class Engagements:
    """When an engagement is over, by its service: all times at `ends` are past.

    `sessions`: nor has it a later session in the collection of that name; where a session says
    whose it is, and when it ends.
    """

    ends: tuple[str, ...]
    sessions: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose period is over, as it was read."""

    id: str
    version: int


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


class Aged(Protocol):
    """Finds rows whose period is over. Raises UnavailableError."""

    async def page(self, name: str, kept: Kept, before: date, after: str) -> list[Row]:
        """Return the first `AT_ONCE` in order of their ids, beyond one of them."""
        ...


class MongoAged:
    """See Aged. Times are stored as ISO text, which sorts as they do; a day is before its times."""

    def __init__(self, database: Database, engagements: Engagements | None = None) -> None:
        self._database = database
        self._engagements = engagements

    async def page(self, name: str, kept: Kept, before: date, after: str) -> list[Row]:
        """See Aged."""
        try:
            over = await self._over(kept, before.isoformat())
            found = self._database[name].find(
                {"$and": [{"_id": {"$gt": after}}, kept.where, *over]},
                {"version": 1},
                sort=[("_id", ASCENDING)],
                limit=AT_ONCE,
            )
            return [Row(each["_id"], each["version"]) for each in await found.to_list(None)]
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not say what was kept long enough") from error

    async def _over(self, kept: Kept, before: str) -> list[Document]:
        if kept.engagement:
            return [{kept.engagement: {"$in": await self._ended(before)}}]
        return _all_before(kept.since, before) if kept.since else []

    async def _ended(self, before: str) -> list[str]:
        """Return the engagements that ended before a day."""
        if self._engagements is None:
            return []
        over = {"$and": _all_before(self._engagements.ends, before)}
        found = await self._database["engagements"].find(over, {"_id": 1}).to_list(None)
        ended = {str(each["_id"]) for each in found}
        if self._engagements.sessions:
            whose, ends_at = self._engagements.sessions
            later = {ends_at: {"$gte": before}}
            ended -= set(await self._database["sessions"].distinct(whose, later))
        return sorted(ended)


def _all_before(paths: Sequence[str], before: str) -> list[Document]:
    """Return what finds rows whose times are all before a day; without any they are not found."""
    some = {"$or": [{path: {"$gt": "", "$lt": before}} for path in paths]}
    return [some, *({path: {"$not": {"$gte": before}}} for path in paths)]


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
        ended = Tally(work.about.get("ended", {}))
        names = [*self._periods, *self._beside]
        name = work.about.get("step", names[0])
        if name not in names:  # of a version before
            name = names[0]
        if name in self._beside:
            ended[name] += await self._beside[name]()
            return await self._followed(work, names, name, ended)
        rows = await self._rows(name, work.about.get("after", ""))
        changes = await self._changes(name, rows)
        ended[name] += sum(_is_of(write, name) for write in changes.writes)
        if len(rows) == AT_ONCE:
            return changes + self._asked(work, ended, step=name, after=rows[-1].id)
        return changes + await self._followed(work, names, name, ended)

    async def _followed(
        self, work: DueWork, names: Sequence[str], name: str, ended: "Tally[str]"
    ) -> Changes:
        following = names[names.index(name) + 1 :]
        if following:
            return self._asked(work, ended, step=following[0], after="")
        return await self._noted(work.about["day"], +ended)

    async def _rows(self, name: str, after: str) -> list[Row]:
        kept = self._periods[name]
        before = day_of(self._facts.now()) - timedelta(days=self._days[kept.setting])
        return await self._aged.page(name, kept, before, after)

    async def _changes(self, name: str, rows: Sequence[Row]) -> Changes:
        if rows and name in self._ends:
            return await self._ends[name]([each.id for each in rows])
        return Changes(tuple(Remove(name, each.id, each.version) for each in rows))

    def _asked(self, work: DueWork, ended: Mapping[str, int], **about: str) -> Changes:
        told = {"day": work.about["day"], "ended": dict(ended), **about}
        return Changes((Due(RETENTION, DAILY, self._facts.now(), told),))

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
