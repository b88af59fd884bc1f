"""What was kept for its time ends, and nothing else; however often, and wherever it is cut off."""

import asyncio
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.aged import AT_ONCE
from shared.changes import NOTHING, Changes, Due, Put, Remove
from shared.committer import Outcome
from shared.due import DueWork
from shared.errors import UnavailableError
from shared.facts import Facts
from shared.handlers import Handlers
from shared.periods import RETENTION, RUNS, Kept, dated, span, with_engagement, words_of
from shared.retention import (
    DAILY,
    Retention,
    Run,
    Sweep,
    ask_each_night,
    day_of,
    keep_periods,
)
from tests.builders.aged import AgedInMemory, Rows, is_over
from tests.fakes.store import InMemoryCollection

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
SETTINGS = SimpleNamespace(kept_engagement_days=730, kept_letters_days=14)
PERIODS = {
    "letters": dated("at", "sessions.ends_at", setting="kept_letters_days", after="the letter"),
    "panels": with_engagement("engagement_id"),
    "proofs": Kept(says="for good: the proof"),
}
ENDED, OPEN = "ended", "open"
DAYS = st.integers(0, 40)


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat().replace("+00:00", "Z")


def letters(count: int, days: int = 20) -> Rows:
    return {"letters": {f"{n:05}": letter(f"{n:05}", ago(days)) for n in range(count)}}


def letter(row_id: str, at: str | None, *ends: str) -> dict[str, Any]:
    return {"_id": row_id, "version": 1, "at": at, "sessions": [{"ends_at": each} for each in ends]}


@dataclass
class Night:
    """A database with a sweep under way: each step is made true at once, or not at all."""

    rows: Rows
    due: Due | None = None
    runs: InMemoryCollection[Run] = field(default_factory=lambda: InMemoryCollection(RUNS))
    sizes: list[int] = field(default_factory=list)
    sweep: Sweep = field(default_factory=lambda: Sweep(PERIODS))

    def begins(self) -> "Night":
        self.due = Due(RETENTION, DAILY, NOW, {"day": "2026-11-27"})
        return self

    def retention(self) -> Retention:
        aged = AgedInMemory(self.rows, frozenset({ENDED}))
        return Retention(self.sweep, SETTINGS, aged, self.runs, Facts("test", now=lambda: NOW))

    async def step(self, *, killed: bool = False) -> None:
        assert self.due is not None
        changes = await self.retention().step(DueWork(self.due.id, NOW, self.due.about, 0, "asked"))
        if not killed:
            self.due = None
            self.apply(changes)

    def apply(self, changes: Changes) -> None:
        self.sizes.append(len(changes.writes))
        for write in changes.writes:
            match write:
                case Remove():
                    assert self.rows[write.collection].pop(write.id)["version"] == write.was
                case Due():
                    self.due = write
                case Put():
                    self.runs.check(write)
                    self.runs.apply(write)

    async def ends(self) -> "Night":
        while self.due:
            await self.step()
        return self


rows_ = st.fixed_dictionaries(
    {
        "letters": st.lists(st.tuples(st.one_of(st.none(), DAYS), st.lists(DAYS, max_size=2))),
        "panels": st.lists(st.sampled_from([ENDED, OPEN])),
        "proofs": st.integers(0, 2),
    }
)


def made(drawn: dict[str, Any]) -> Rows:
    written = enumerate(drawn["letters"])
    panels = enumerate(drawn["panels"])
    return {
        "letters": {
            str(n): letter(str(n), None if at is None else ago(at), *map(ago, ends))
            for n, (at, ends) in written
        },
        "panels": {str(n): {"_id": str(n), "version": 1, "engagement_id": e} for n, e in panels},
        "proofs": {str(n): {"_id": str(n), "version": 1} for n in range(drawn["proofs"])},
    }


@given(drawn=rows_, kills=st.lists(st.booleans(), max_size=6))
async def test_all_that_is_older_goes_nothing_else_does_and_a_second_sweep_changes_nothing(
    drawn: dict[str, Any], kills: list[bool]
) -> None:
    before = made(drawn)
    night = Night(deepcopy(before)).begins()
    for killed in kills:
        if night.due:
            await night.step(killed=killed)

    await night.ends()
    once = deepcopy(night.rows)
    await night.begins().ends()

    oldest = day_of(NOW) - timedelta(days=14)
    expected = {
        name: {
            key: row
            for key, row in rows.items()
            if name == "proofs" or not is_over(row, PERIODS[name], oldest, frozenset({ENDED}))
        }
        for name, rows in before.items()
    }
    assert once == expected
    assert night.rows == once


async def test_a_letter_of_the_very_day_stays_and_one_of_the_day_before_goes() -> None:
    night = Night({"letters": {"stays": letter("stays", ago(14)), "goes": letter("goes", ago(15))}})

    await night.begins().ends()

    assert night.rows["letters"].keys() == {"stays"}


async def test_however_many_there_are_each_step_is_small_and_the_last_tells_how_many() -> None:
    night = await Night(letters(2 * AT_ONCE + 1)).begins().ends()

    assert night.rows["letters"] == {}
    assert max(night.sizes) == AT_ONCE + 1
    [run] = night.runs.entities.values()
    assert (run.id, run.ended) == ("2026-11-27", {"letters": 2 * AT_ONCE + 1})


async def test_rows_that_have_more_to_them_are_ended_by_their_own_rule_each_once_a_night() -> None:
    seen: list[str] = []

    async def noted(ids: Any) -> Changes:
        seen.extend(ids)
        return Changes()

    night = Night(letters(AT_ONCE + 5), sweep=Sweep(PERIODS, ends={"letters": noted}))

    await night.begins().ends()

    assert seen == sorted(night.rows["letters"])


async def test_what_lies_in_folders_is_ended_in_the_same_night() -> None:
    async def folder() -> int:
        return 3

    night = Night(letters(1), sweep=Sweep(PERIODS, beside={"print_folder": folder}))

    await night.begins().ends()

    assert night.runs.entities["2026-11-27"].ended == {"letters": 1, "print_folder": 3}


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 day"), (14, "14 days"), (365, "1 year"), (730, "2 years"), (731, "731 days")],
)
def test_a_period_is_said_as_people_say_it(days: int, words: str) -> None:
    assert span(days) == words


def test_the_words_of_a_period_follow_its_setting() -> None:
    told = words_of(PERIODS, SimpleNamespace(kept_engagement_days=500, kept_letters_days=1))

    assert told == {
        "letters": "1 day after the letter",
        "panels": "500 days after the engagement ended",
        "proofs": "for good: the proof",
    }


def test_the_day_of_a_sweep_begins_at_two_at_night_in_london() -> None:
    summer = datetime(2026, 7, 1, 0, 59, tzinfo=UTC)

    assert day_of(summer).isoformat() == "2026-06-30"
    assert day_of(summer + timedelta(minutes=1)).isoformat() == "2026-07-01"


class Asked:
    """A process that is asked for sweeps: each id once, for all replicas."""

    def __init__(self, *, away: bool = False) -> None:
        self.inbox: dict[str, Changes] = {}
        self.away = away
        self.tries = 0
        self.loops: list[Any] = []
        self.database: Any = {RUNS: None}

    def background(self, loop: Any) -> None:
        self.loops.append(loop)

    async def commit(self, message_id: str, work: Any) -> Outcome:
        self.tries += 1
        if self.away and self.tries == 1:
            raise UnavailableError("MongoDB is away")
        if message_id in self.inbox:
            return Outcome.DUPLICATE
        self.inbox[message_id] = await work()
        return Outcome.DONE


async def asked_until(process: Asked, facts: Facts, holds: Any) -> None:
    loops = [asyncio.create_task(ask_each_night(process, facts, every_seconds=0)) for _ in range(2)]
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)


async def test_of_any_number_of_replicas_a_night_has_one_sweep() -> None:
    process, clock = Asked(away=True), [NOW]
    facts = Facts("test", new_id=lambda: UUID(int=1), now=lambda: clock[0])

    await asked_until(process, facts, lambda: process.tries >= 3)
    clock[0] += timedelta(days=1)
    await asked_until(process, facts, lambda: len(process.inbox) == 2)

    assert list(process.inbox) == ["retention 2026-11-27", "retention 2026-11-28"]
    for changes in process.inbox.values():
        [due] = changes.writes
        assert isinstance(due, Due)
        assert (due.collection, due.id) == (RETENTION, DAILY)


def test_every_process_with_periods_has_its_sweep_done_when_it_is_due() -> None:
    process, handlers = Asked(), Handlers()

    keep_periods(process, handlers, SETTINGS, Facts("test"), Sweep(PERIODS))  # type: ignore[arg-type]

    assert list(handlers.of_due) == [RETENTION]
    assert len(process.loops) == 1


async def test_a_collection_whose_step_is_given_up_keeps_no_other_from_its_turn() -> None:
    rows = letters(2) | {"panels": {"p": {"_id": "p", "version": 1, "engagement_id": ENDED}}}
    night = Night(rows).begins()
    assert night.due is not None
    broken = DueWork(night.due.id, NOW, night.due.about, 5, "asked")

    night.apply(night.retention().passed_over(broken))
    assert (night.due.id, night.due.about["step"]) == ("daily after letters", "panels")
    await night.ends()

    assert (len(rows["letters"]), rows["panels"]) == (2, {})
    assert await night.runs.get("2026-11-27") is None


def test_after_the_last_collection_nothing_follows() -> None:
    last = DueWork(DAILY, NOW, {"day": "2026-11-27", "step": "panels"}, 5, "asked")

    assert Night({}).retention().passed_over(last) == NOTHING
