"""Group commit on a real replica set: together where it can be, alone where it must be."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.changes import NOTHING, Changes, Due
from shared.committer import Committer, Outcome
from shared.due import DueWork, DueWorker
from shared.errors import ConflictError, RuleError, UnavailableError
from shared.mongo import Collection, Database
from shared.outbox import Outbox
from shared.transaction import Transaction
from tests.builders.deliveries import person_registered
from tests.fakes.publisher import InMemoryPublisher


@dataclass(frozen=True, slots=True)
class Counter:
    id: str
    count: int = 0
    version: int = 0


class CountingTransaction(Transaction):
    """Remembers how many messages each transaction took; takes none with the poison."""

    def __init__(self, database: Database, poison: str) -> None:
        super().__init__(database)
        self.sizes: list[int] = []
        self.poison = poison

    async def run(self, message_ids, writes, outbox):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        self.sizes.append(len(message_ids))
        if self.poison in message_ids:
            raise UnavailableError("it takes too long")
        await super().run(message_ids, writes, outbox)


class Bench:
    """A committer and what it works on."""

    def __init__(self, database: Database, *, group_size: int = 100, poison: str = "") -> None:
        self.publisher = InMemoryPublisher()
        self.transaction = CountingTransaction(database, poison)
        self.outbox = Outbox(database, self.publisher, lease_seconds=0.01, limit=2)
        self.committer = Committer(self.transaction, self.outbox, group_size=group_size)
        self.counters = Collection(database, "counters", Counter)
        self.database = database

    def counts(self, counter_id: str) -> Callable[[], Awaitable[Changes]]:
        async def work() -> Changes:
            counter = await self.counters.get(counter_id) or Counter(counter_id)
            return Changes((self.counters.keep(replace(counter, count=counter.count + 1)),))

        return work

    async def count(self, counter_id: str) -> int:
        counter = await self.counters.get(counter_id)
        return counter.count if counter else 0


@pytest.fixture
async def bench(database: Database) -> Bench:
    for name in ("inbox", "outbox", "counters", "chores"):
        await database.create_collection(name)
    return Bench(database)


async def test_messages_that_wait_together_share_a_transaction(bench: Bench) -> None:
    await asyncio.gather(
        *(bench.committer.commit(f"m{n}", bench.counts(f"c{n}")) for n in range(300))
    )

    assert sum(bench.transaction.sizes) == 300
    assert len(bench.transaction.sizes) < 30
    assert await bench.database["counters"].count_documents({"count": 1}) == 300


async def test_many_changes_of_one_document_all_count(bench: Bench) -> None:
    await asyncio.gather(*(bench.committer.commit(f"m{n}", bench.counts("one")) for n in range(60)))

    assert await bench.count("one") == 60


async def test_a_burst_about_one_document_is_not_computed_anew_at_every_commit(
    bench: Bench,
) -> None:
    computed = 0

    async def work() -> Changes:
        nonlocal computed
        computed += 1
        return await bench.counts("one")()

    await asyncio.gather(*(bench.committer.commit(f"m{n}", work) for n in range(120)))

    assert await bench.count("one") == 120
    assert computed <= 2 * 120


async def test_two_replicas_never_lose_an_update(bench: Bench) -> None:
    other = Bench(bench.database)

    await asyncio.gather(
        *(
            each.committer.commit(f"{name}{n}", each.counts(f"c{n % 3}"))
            for n in range(40)
            for name, each in (("a", bench), ("b", other))
        )
    )

    assert [await bench.count(f"c{n}") for n in range(3)] == [28, 26, 26]


async def test_the_same_message_is_done_once_and_then_a_duplicate(bench: Bench) -> None:
    outcomes = await asyncio.gather(
        *(bench.committer.commit("m1", bench.counts("one")) for _ in range(8)),
        bench.committer.commit("m2", bench.counts("two")),
    )

    assert sorted(outcomes[:8]) == [Outcome.DONE, *[Outcome.DUPLICATE] * 7]
    assert outcomes[8] == Outcome.DONE
    assert await bench.count("one") == 1


async def test_a_bad_message_harms_no_other_of_its_group(bench: Bench) -> None:
    async def refused() -> Changes:
        raise RuleError("no")

    async def unstorable() -> Changes:
        counter = Counter("bad")
        return Changes((replace(bench.counters.keep(counter), document={"$bad": object()}),))

    results = await asyncio.gather(
        bench.committer.commit("m1", refused),
        bench.committer.commit("m2", unstorable),
        *(bench.committer.commit(f"g{n}", bench.counts(f"c{n}")) for n in range(20)),
        return_exceptions=True,
    )

    assert isinstance(results[0], RuleError)
    assert isinstance(results[1], Exception)
    assert results[2:] == [Outcome.DONE] * 20


async def test_a_message_whose_transaction_is_never_taken_fails_alone(database: Database) -> None:
    bench = Bench(database, poison="m7")

    results = await asyncio.gather(
        *(bench.committer.commit(f"m{n}", bench.counts(f"c{n}")) for n in range(20)),
        return_exceptions=True,
    )

    assert isinstance(results.pop(7), UnavailableError)
    assert results == [Outcome.DONE] * 19
    assert await bench.count("c7") == 0


async def test_a_version_that_never_fits_is_a_conflict_in_the_end(bench: Bench) -> None:
    async def always_old() -> Changes:
        return Changes((bench.counters.keep(Counter("absent", version=7)),))

    with pytest.raises(ConflictError):
        await bench.committer.commit("m1", always_old)

    assert await bench.database["inbox"].count_documents({}) == 0


async def test_events_of_a_broker_that_is_away_stay_until_the_sweep(bench: Bench) -> None:
    bench.publisher.away = True

    async def tells() -> Changes:
        return Changes(events=(person_registered(),))

    assert await bench.committer.commit("m1", tells) == Outcome.DONE
    assert await bench.outbox.depth() == 1
    bench.publisher.away = False
    await asyncio.sleep(0.05)
    await bench.outbox.sweep()

    assert len(bench.publisher.confirmed) == 1
    assert await bench.outbox.depth() == 0


async def test_cancelling_who_waits_never_leaves_half_a_transaction(bench: Bench) -> None:
    async def two_documents(n: int) -> Changes:
        kept = (bench.counters.keep(Counter(f"{n}-{half}")) for half in ("a", "b"))
        return Changes(tuple(kept))

    for n in range(100):
        waiting = asyncio.create_task(
            bench.committer.commit(f"m{n}", lambda n=n: two_documents(n))  # type: ignore[misc]
        )
        await asyncio.sleep(0.0005 * (n % 12))
        waiting.cancel()
    await bench.committer.commit("last", lambda: two_documents(100))
    await bench.committer.drain()

    ids = await bench.database["counters"].distinct("_id")
    assert {"100-a", "100-b"} <= {*ids}
    assert {i[:-2] for i in ids if i.endswith("a")} == {i[:-2] for i in ids if i.endswith("b")}


class Chores:
    """Due work that is counted, and fails as often as it is told to."""

    def __init__(self, bench: Bench, *, failures: int = 0) -> None:
        self.done = 0
        self.failures = failures
        self.worker = DueWorker(bench.database, "chores", self.do, bench.committer)

    async def do(self, work: DueWork) -> Changes:
        if self.failures:
            self.failures -= 1
            raise UnavailableError(work.id)
        self.done += 1
        return NOTHING


def asks(at: datetime) -> Callable[[], Awaitable[Changes]]:
    async def work() -> Changes:
        return Changes((Due("chores", "sweep the yard", at, {"broom": "big"}),))

    return work


async def test_work_is_done_once_when_its_time_has_come_whatever_the_replicas(
    bench: Bench,
) -> None:
    chores = [Chores(bench), Chores(bench)]
    now = datetime.now(UTC)
    await bench.committer.commit("m1", asks(now + timedelta(seconds=0.3)))

    early = [await each.worker.work_once() for each in chores]
    await asyncio.sleep(0.4)
    await asyncio.gather(*(each.worker.work_once() for each in chores))

    assert early == [0, 0]
    assert sum(each.done for each in chores) == 1
    assert await bench.database["chores"].count_documents({}) == 0


async def test_work_asked_for_again_after_it_was_done_is_done_again(bench: Bench) -> None:
    chores = Chores(bench)

    for n in range(3):
        await bench.committer.commit(f"m{n}", asks(datetime.now(UTC)))
        await chores.worker.work_once()

    assert chores.done == 3


async def test_work_that_fails_for_a_while_is_put_off_not_lost(bench: Bench) -> None:
    chores = Chores(bench, failures=1)
    await bench.committer.commit("m1", asks(datetime.now(UTC)))

    await chores.worker.work_once()
    [row] = await bench.database["chores"].find().to_list(None)
    await bench.database["chores"].update_one({}, {"$set": {"at": datetime.now(UTC)}})
    await chores.worker.work_once()

    assert row["tries"] == 1
    assert row["at"] > datetime.now(UTC)
    assert chores.done == 1


async def test_there_is_no_room_while_more_events_wait_than_the_limit(database: Database) -> None:
    bench = Bench(database)
    rows = [{"_id": f"e-{number}", "lease": datetime.now(UTC)} for number in range(3)]
    await database["outbox"].insert_many(rows)

    with pytest.raises(UnavailableError):
        await bench.outbox.check_room()

    await database["outbox"].delete_one({"_id": "e-0"})
    async with asyncio.timeout(10):
        while True:
            try:
                await bench.outbox.check_room()
            except UnavailableError:
                await asyncio.sleep(0.1)
            else:
                return
