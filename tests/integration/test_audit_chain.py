"""The chain on a real MongoDB: sealed by two replicas at once, and whoever tampers is found."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from cli.auditing.remembered import FILE
from deploy.rights import CONSOLE
from services.console.handlers import build_handlers
from services.console.store import INDEXES, mongo_knowledge
from services.console.use_cases.audit import noted
from services.console.use_cases.sealing import AUDIT_BACKFILLS, AUDIT_SEALS
from shared import due
from shared.audit_chain import ENDED, block_id
from shared.changes import Due
from shared.committer import Committer
from shared.due import DueWorker
from shared.facts import Facts
from shared.mongo import Database, Document, stored_time
from shared.outbox import Outbox
from shared.transaction import Transaction, due_row
from tests.builders.commands import wlc
from tests.fakes.publisher import InMemoryPublisher
from tests.fakes.service_ports import FakePorts, fake_ports
from tests.servers import TestServers

ACTS = 120


def _now() -> datetime:
    return datetime.now(UTC)


class Replica:
    """One console, as far as it writes acts down and seals them."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = _now) -> None:
        outbox = Outbox(database, InMemoryPublisher(), lease_seconds=15, limit=1000)
        self.known, self.facts = mongo_knowledge(database), Facts("console", now=clock)
        self.committer = Committer(Transaction(database), outbox, group_size=20)
        of_due = build_handlers(self.known, self.facts).of_due
        self.workers = [
            DueWorker(database, name, of_due[name], self.committer)
            for name in (AUDIT_SEALS, AUDIT_BACKFILLS)
        ]

    async def act(self, number: int) -> None:
        async def work() -> Any:
            about = f"object-{number}"
            return noted(self.known.audit, self.facts, who="amina", what="exported", about=about)

        await self.committer.commit(f"act {number}", work)

    async def work(self, stopping: asyncio.Event) -> None:
        await asyncio.gather(*(worker.run(stopping) for worker in self.workers))


@dataclass(frozen=True)
class Written:
    """A database with a trail that two replicas sealed, and the folder of the operator."""

    database: Database
    folder: Path

    def verified(self, *words: object) -> tuple[int, list[str]]:
        ended = wlc("audit", "verify", *words, "--json", "--data", self.folder)
        return ended.exit_code, json.loads(ended.stdout)["faults"]


@pytest.fixture
async def console_database(servers: TestServers) -> AsyncIterator[Database]:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(servers.mongo_url, tz_aware=True)
    await client.drop_database(CONSOLE)
    database = client[CONSOLE]
    for name, indexes in {**INDEXES, "inbox": [], "outbox": []}.items():
        await database.create_collection(name)
        if indexes:
            await database[name].create_indexes(list(indexes))
    for name in (AUDIT_SEALS, AUDIT_BACKFILLS):
        await database.create_collection(name)
        await database[name].create_indexes(list(due.INDEXES))
    yield database
    await client.drop_database(CONSOLE)
    client.close()


@pytest.fixture
async def written(
    console_database: Database,
    servers: TestServers,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Written:
    monkeypatch.setenv("WLC_MONGO_URL", servers.mongo_url)
    replicas = [Replica(console_database), Replica(console_database)]
    stopping = asyncio.Event()
    working = asyncio.gather(*(each.work(stopping) for each in replicas))
    await asyncio.gather(*(replicas[number % 2].act(number) for number in range(ACTS)))
    async with asyncio.timeout(60):
        while any([await console_database[n].count_documents({}) for n in INDEXES_OF_DUE]):
            await asyncio.sleep(0.1)
    stopping.set()
    await working
    return Written(console_database, tmp_path)


INDEXES_OF_DUE = (AUDIT_SEALS, AUDIT_BACKFILLS)


async def test_two_replicas_seal_each_row_once_and_whoever_tampers_is_found(
    written: Written,
) -> None:
    database, rows = written.database, written.database.audit
    verified = asyncio.to_thread(written.verified)

    assert await verified == (0, [])
    sealed = [e["row"] async for b in database.audit_chain.find() for e in b["entries"]]
    assert len(sealed) == len({*sealed}) == ACTS
    head = json.loads((written.folder / FILE).read_bytes())
    assert head["block"] == await database.audit_chain.count_documents({})

    first, second, *_ = await rows.find().sort("_id").to_list(None)
    await rows.update_one({"_id": first["_id"]}, {"$set": {"who": "ben"}})
    await rows.delete_one({"_id": second["_id"]})
    await rows.insert_one({**second, "_id": "forged"})
    code, faults = await asyncio.to_thread(written.verified)
    now = {f"row {first['_id']} was changed", f"row {second['_id']} was taken away"}
    assert (code, now <= {*faults}) == (1, True)

    await rows.update_one({"_id": "forged"}, {"$set": {"at": "2026-01-01T00:00:00Z"}})
    code, faults = await asyncio.to_thread(written.verified)
    assert "row forged is in no block" in faults


async def test_a_chain_that_lost_its_end_with_its_rows_is_found_by_the_head_seen_before(
    written: Written,
) -> None:
    assert await asyncio.to_thread(written.verified) == (0, [])
    [last] = await written.database.audit_chain.find().sort("_id", -1).to_list(1)
    gone = [entry["row"] for entry in last["entries"]]

    await written.database.audit_chain.delete_one({"_id": last["_id"]})
    await written.database.audit.delete_many({"_id": {"$in": gone}})

    code, [fault] = await asyncio.to_thread(written.verified)
    assert (code, "its end was cut off" in fault) == (1, True)


async def test_a_row_that_a_restore_put_beside_the_console_is_sealed_by_the_console(
    console_database: Database,
) -> None:
    now = datetime.now(UTC)
    seal = Due(AUDIT_SEALS, "restored", now, together="audit")
    await console_database.audit.insert_one({"_id": seal.id, "at": stored_time(now)})
    await console_database[AUDIT_SEALS].insert_one({"_id": seal.id, **due_row(seal)})

    done = await Replica(console_database).workers[0].work_once()

    [block] = await console_database.audit_chain.find().to_list(None)
    assert (done, [entry["row"] for entry in block["entries"]]) == (1, ["restored"])


async def test_what_is_taken_away_as_a_file_is_written_down_first_and_stands(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written.folder / "audit.jsonl"
    monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
    with fake_ports() as console:
        monkeypatch.setenv("WLC_CONSOLE_URL", console.url_of("console"))
        refused = await exported(console, file, 503)
        ended = await exported(console, file, 201)

    assert (refused, ended) == ((3, False), (0, True))
    assert await asyncio.to_thread(written.verified, file) == (0, [])
    assert len(file.read_text().splitlines()) > ACTS


async def exported(console: FakePorts, file: Path, answer: int) -> tuple[int, bool]:
    console.writes_down = answer
    ended = await asyncio.to_thread(wlc, "audit", "export", file)
    return ended.exit_code, file.exists()


async def sealed_rows(database: Database, *rows: Document) -> None:
    """Put rows into the trail, and have each sealed in a block of its own."""
    for row in rows:
        sealed_at = datetime.fromisoformat(row["at"])
        worker = Replica(database, lambda at=sealed_at: at).workers[0]  # type: ignore[misc]
        seal = Due(AUDIT_SEALS, row["_id"], datetime.now(UTC), together="audit")
        await database.audit.insert_one(row)
        await database[AUDIT_SEALS].insert_one({"_id": seal.id, **due_row(seal)})
        await worker.work_once()


def a_row(name: str, at: str, **more: str) -> Document:
    return {"_id": name, "what": "exported", "about": "figures", "at": at, **more}


async def test_rows_of_more_than_six_years_end_and_the_trail_stands_without_them(
    console_database: Database,
    servers: TestServers,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("WLC_MONGO_URL", servers.mongo_url)
    monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
    old, now = "2019-04-01T09:00:00Z", stored_time(datetime.now(UTC))
    rows = [a_row("a", old), a_row("b", old), a_row("c", now), a_row("d", old)]
    says = a_row("says", now, what=ENDED, about=block_id(2))
    await sealed_rows(console_database, *rows, says)

    with fake_ports() as console:
        monkeypatch.setenv("WLC_CONSOLE_URL", console.url_of("console"))
        codes = []
        for console.writes_down in (503, 201):
            ended = await asyncio.to_thread(
                wlc, "audit", "end", "--yes", "--json", "--data", tmp_path
            )
            left = [row["_id"] async for row in console_database.audit.find().sort("_id")]
            codes.append((ended.exit_code, left))
        asked = console.written_down

    assert codes == [(3, ["a", "b", "c", "d", "says"]), (0, ["c", "d", "says"])]
    assert json.loads(ended.stdout)["rows"] == 2
    assert asked[-1] == (ENDED, block_id(2))
    verified = await asyncio.to_thread(Written(console_database, tmp_path).verified)
    assert verified == (0, [])
    again = await asyncio.to_thread(wlc, "audit", "end", "--yes", "--data", tmp_path)
    assert (again.exit_code, again.stdout[:6]) == (0, "0 rows")


async def test_a_trail_that_is_not_as_it_was_written_is_left_alone(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written.database.audit.delete_one({})

    ended = await asyncio.to_thread(wlc, "audit", "end", "--yes", "--data", written.folder)

    assert (ended.exit_code, "wlc audit verify" in ended.stderr) == (1, True)
