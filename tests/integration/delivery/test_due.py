"""Due work on a real replica set: what is given up, and what is put off again and again."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.changes import NOTHING, Changes, Due
from shared.committer import Committer
from shared.due import DueWork, DueWorker
from shared.errors import NotYetError, RuleError, UnavailableError, UnknownError
from shared.failed_work import FailedWork
from shared.mongo import Database
from shared.outbox import Outbox
from shared.transaction import NEVER, Transaction
from tests.builders.deliveries import person_registered
from tests.fakes.publisher import InMemoryPublisher

NEVER_IN_A_TEST = 3600.0


class Yard:
    """Work in one collection that meets an error, and what settles it when it is given up."""

    def __init__(self, database: Database) -> None:
        self.rows = database["chores"]
        self.database = database
        self.publisher = InMemoryPublisher()
        outbox = Outbox(database, self.publisher, lease_seconds=15, limit=1000)
        self.committer = Committer(Transaction(database), outbox, group_size=10)
        self.done: list[str] = []
        self.unfinished: list[bool] = []
        self.asks_itself = False
        self.asked_meanwhile: list[str] = []
        self.error: Exception | None = None
        self.in_the_way: Exception | None = None
        self.worker = DueWorker(database, "chores", self.do, self.committer, settle=self.settle)

    async def do(self, work: DueWork) -> Changes:
        self.done.append(work.id)
        self.unfinished.append(work.unfinished)
        if self.asks_itself:
            return Changes((Due("chores", work.id, datetime.now(UTC)),))
        if self.asked_meanwhile:
            await self.ask(self.asked_meanwhile.pop(), together=work.together)
        if self.error:
            raise self.error
        return NOTHING

    async def settle(self, _work: DueWork) -> Changes:
        if self.in_the_way:
            raise self.in_the_way
        return Changes(events=(person_registered(),))

    async def ask(self, *names: str, together: str | None = None) -> None:
        """Ask for work that is due now."""

        async def work() -> Changes:
            now = datetime.now(UTC)
            return Changes(tuple(Due("chores", name, now, together=together) for name in names))

        await self.committer.commit(f"asks for {names}", work)

    async def row(self) -> dict[str, Any]:
        [row] = await self.rows.find().to_list(None)
        return row


@pytest.fixture
async def yard(database: Database) -> Yard:
    for name in ("inbox", "outbox", "chores"):
        await database.create_collection(name)
    return Yard(database)


@pytest.mark.parametrize(
    ("error", "code"), [(ZeroDivisionError(), "ZeroDivisionError"), (RuleError("no"), "rule")]
)
async def test_work_that_is_given_up_is_settled_once_with_the_mark_on_its_row(
    yard: Yard, error: Exception, code: str
) -> None:
    await yard.ask("sweep")
    yard.error = error

    claimed = [await yard.worker.work_once() for _ in range(2)]

    row = await yard.row()
    assert claimed == [1, 0]
    assert (row["failed"], row["failed_at"] <= datetime.now(UTC)) == (code, True)
    assert len(yard.publisher.confirmed) == 1


async def test_giving_up_that_was_committed_before_settles_nothing_twice(yard: Yard) -> None:
    await yard.ask("sweep")
    yard.error = ZeroDivisionError()
    await yard.worker.work_once()
    await yard.rows.update_one({}, {"$set": {"failed": None, "lease": NEVER}})

    await yard.worker.work_once()

    assert len(yard.publisher.confirmed) == 1


async def test_what_cannot_be_settled_for_a_while_is_put_off(yard: Yard) -> None:
    await yard.ask("sweep")
    yard.error, yard.in_the_way = ZeroDivisionError(), UnavailableError("away")

    await yard.worker.work_once()

    row = await yard.row()
    assert (row["failed"], row["tries"]) == (None, 1)
    assert row["at"] > datetime.now(UTC)


async def test_what_cannot_be_settled_at_all_is_marked_all_the_same(yard: Yard) -> None:
    await yard.ask("sweep")
    yard.error, yard.in_the_way = ZeroDivisionError(), KeyError("bug")

    await yard.worker.work_once()

    assert (await yard.row())["failed"] == "ZeroDivisionError"
    assert yard.publisher.confirmed == []


async def test_whoever_does_it_again_knows_that_an_attempt_ended_in_a_crash(yard: Yard) -> None:
    await yard.ask("sweep")
    row = await yard.row()
    await yard.rows.update_one({}, {"$set": {"claim": "of who was killed", "lease": row["at"]}})

    await yard.worker.work_once()

    assert yard.unfinished == [True]


async def test_work_that_ended_well_and_asked_for_itself_is_not_unfinished(yard: Yard) -> None:
    await yard.ask("sweep")
    yard.asks_itself = True

    for _ in range(3):
        await yard.worker.work_once()

    assert yard.unfinished == [False, False, False]


@pytest.mark.parametrize(
    ("errors", "unfinished"),
    [
        ((UnavailableError("away"), NotYetError("wait")), [False, False]),
        ((UnknownError("away"), NotYetError("wait")), [False, True]),
        ((UnknownError("away"), NotYetError("wait"), NotYetError("wait")), [False, True, True]),
    ],
)
async def test_only_an_error_that_leaves_it_unknown_what_was_done_is_told_to_the_next_attempt(
    yard: Yard, errors: tuple[Exception, ...], unfinished: list[bool]
) -> None:
    await yard.ask("sweep")

    for yard.error in errors:
        await yard.rows.update_one({}, {"$set": {"at": datetime.now(UTC)}})
        await yard.worker.work_once()

    assert yard.unfinished == unfinished


async def test_work_that_fails_for_the_fifth_time_is_warned_of_and_counted(yard: Yard) -> None:
    await yard.ask("sweep")
    yard.error = UnavailableError("away")
    work = FailedWork(yard.database, ("chores",))

    with capture_logs() as lines:
        for _ in range(4):
            await yard.worker.work_once()
            await yard.rows.update_one({}, {"$set": {"at": datetime.now(UTC)}})
        before = await work.count_tried_often()
        await yard.worker.work_once()

    levels = [line["log_level"] for line in lines if line["event"] == "work_put_off"]
    assert levels == ["info"] * 4 + ["warning"]
    assert (before, await work.count_tried_often(), await work.count()) == (0, 1, 0)


async def test_work_that_belongs_together_and_was_due_is_done_at_once(yard: Yard) -> None:
    await yard.ask("first", "second", "third", together="one match")
    await yard.ask("other", together="another match")

    claimed = [await yard.worker.work_once() for _ in range(3)]

    assert claimed == [2, 0, 0]
    assert sorted(yard.done) == ["first", "other"]
    assert await yard.rows.count_documents({}) == 0


async def test_work_that_is_asked_for_while_its_like_is_done_is_done_after_it(yard: Yard) -> None:
    await yard.ask("first", together="one match")
    yard.asked_meanwhile = ["second"]

    claimed = [await yard.worker.work_once() for _ in range(3)]

    assert claimed == [1, 1, 0]
    assert yard.done == ["first", "second"]


async def test_work_that_could_not_be_done_leaves_its_like_to_be_done(yard: Yard) -> None:
    await yard.ask("first", "second", together="one match")
    yard.error = UnavailableError("not now")
    await yard.worker.work_once()
    yard.error = None

    await yard.worker.work_once()

    assert yard.done == ["first", "second"]


async def test_who_is_woken_looks_at_once_and_not_in_their_turn(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.due.IDLE_SECONDS", NEVER_IN_A_TEST)
    stopping = asyncio.Event()
    running = asyncio.create_task(yard.worker.run(stopping))
    await asyncio.sleep(0.5)

    await yard.ask("sweep")
    yard.worker.wake()

    async with asyncio.timeout(30):
        while not yard.done:
            await asyncio.sleep(0.05)
    stopping.set()
    yard.worker.wake()
    await running
    assert yard.done == ["sweep"]
