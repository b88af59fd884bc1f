"""MongoDB goes away between two claims: what was claimed before is done and published."""

from datetime import UTC, datetime

import pytest
from pymongo.errors import PyMongoError

from shared.changes import NOTHING, Changes, Due
from shared.committer import Committer
from shared.due import DueWork, DueWorker
from shared.errors import UnavailableError
from shared.mongo import Database
from shared.outbox import Outbox, envelope
from shared.transaction import Transaction
from tests.builders.deliveries import person_registered
from tests.fakes.failing_mongo import FailingDatabase
from tests.fakes.publisher import InMemoryPublisher


class Chores:
    """Three pieces of work that are due, and a worker whose database goes away."""

    def __init__(self, database: Database, *, updates: int) -> None:
        outbox = Outbox(database, InMemoryPublisher(), lease_seconds=15, limit=1000)
        self.committer = Committer(Transaction(database), outbox, group_size=10)
        before = FailingDatabase(database, updates=updates)
        self.worker = DueWorker(before, "chores", self.do, self.committer)  # type: ignore[arg-type]
        self.done: list[str] = []

    async def do(self, work: DueWork) -> Changes:
        self.done.append(work.id)
        return NOTHING

    async def ask(self) -> None:
        async def work() -> Changes:
            now = datetime.now(UTC)
            return Changes(tuple(Due("chores", name, now) for name in ("a", "b", "c")))

        await self.committer.commit("asks", work)


@pytest.fixture
async def prepared(database: Database) -> Database:
    for name in ("inbox", "outbox", "chores"):
        await database.create_collection(name)
    return database


async def test_work_is_done_at_once_by_whoever_claimed_it_without_hearing_so(
    prepared: Database,
) -> None:
    chores = Chores(prepared, updates=0)
    await chores.ask()

    with pytest.raises(PyMongoError):
        await chores.worker.work_once()
    claimed = await chores.worker.work_once()

    assert (claimed, sorted(chores.done)) == (3, ["a", "b", "c"])
    assert await prepared["chores"].count_documents({}) == 0


async def test_a_claim_of_which_no_answer_came_takes_nothing_from_another_replica(
    prepared: Database,
) -> None:
    chores, other = Chores(prepared, updates=0), Chores(prepared, updates=1)
    await chores.ask()
    with pytest.raises(PyMongoError):
        await chores.worker.work_once()

    claimed = await other.worker.work_once()

    assert (claimed, other.done) == (0, [])


async def a_left_outbox(
    database: Database, publisher: InMemoryPublisher, *, updates: int
) -> Outbox:
    before = FailingDatabase(database, updates=updates)
    outbox = Outbox(before, publisher, lease_seconds=0.0, limit=1000)  # type: ignore[arg-type]
    rows = outbox.rows(envelope(person_registered()) for _ in range(3))
    await database["outbox"].insert_many(rows)
    return outbox


async def test_events_taken_before_the_database_went_away_are_published(
    prepared: Database,
) -> None:
    publisher = InMemoryPublisher()
    outbox = await a_left_outbox(prepared, publisher, updates=2)

    taken = await outbox.sweep()

    assert (taken, len(publisher.confirmed)) == (2, 2)
    assert await outbox.depth() == 1


async def test_a_sweep_that_could_take_nothing_says_so(prepared: Database) -> None:
    outbox = await a_left_outbox(prepared, InMemoryPublisher(), updates=0)

    with pytest.raises(UnavailableError):
        await outbox.sweep()
