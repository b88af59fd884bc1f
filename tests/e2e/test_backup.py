"""A backup under load, everything killed, and the system put back into a new folder."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cli.backups.databases import Client
from cli.backups.installation import Kept
from cli.backups.taking import mongo
from cli.places import Places
from deploy.local.state import read_run
from tests.builders.gateway import eventually
from tests.soak.history import HUB, SOURCE, Event, History
from tests.soak.sending import Ledger, Sender

SECONDS = 180
BEFORE, ALL = 16, 40
"""How many histories are told before the backup begins, and with those told while it is taken."""

Told = list[tuple[list[Event], list[Event]]]


@dataclass(frozen=True)
class Outcome:
    """What was taken before the backup began, and what there is after the restore.

    `stand` is how people stand, by service and reference; `keys` are the references with a key.
    """

    accepted: set[str]
    came_back: set[str]
    forgotten: set[str]
    backed_up: dict[str, Any]
    restored: dict[str, Any]
    refused: str
    should_stand: dict[str, dict[str, str]]
    stand: dict[str, dict[str, str]]
    keys: set[str]


def wlc(folder: Path, *words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WLC_")}
    key = folder.parent / "key"
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", "from cli.main import run; run()", *map(str, words)],
        env={**inherited, "WLC_DATA": str(folder), "WLC_BACKUP_KEY_FILE": str(key)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == code, ended.stderr
    return ended


def up(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(wlc(folder, "up", "--detach", "--json").stdout)
    return found


def kill_everything(folder: Path) -> None:
    """Kill every process; some end with the supervisor before it is their turn."""
    run = read_run(folder)
    assert run is not None
    processes = (run.supervisor, *run.children.values())
    for process in processes:
        process.send(signal.SIGKILL)
    assert all(process.ends_within(30) for process in processes)


async def tell(sender: Sender, histories: Told) -> None:
    for number, (events, last) in enumerate(histories):
        await (sender.by_http(events) if number % 2 else sender.by_amqp(events))
        for event in last:
            await sender.when_known(event)


def erasure_of(reference: str) -> Event:
    return {
        "specversion": "1.0",
        "id": f"{reference}-erasure",
        "source": SOURCE,
        "type": "wlc.participant.erasure_requested.v1",
        "subject": reference,
        "time": "2026-11-20T09:00:00Z",
        "hub": HUB,
        "sequence": 99,
        "data": {"reference": reference},
    }


@asynccontextmanager
async def databases(folder: Path) -> AsyncIterator[Client]:
    async with mongo(Kept(folder).mongo_url(Places(folder))) as client:
        yield client


async def ids_of(client: Client, references: set[str]) -> dict[str, str]:
    """Return the id of each of these people, once all of them are known."""

    async def known() -> dict[str, str] | None:
        rows = [row async for row in client["intake"]["participants"].find()]
        found = {row["references"][0]["reference"]: row["_id"] for row in rows}
        return found if references <= found.keys() else None

    return await eventually(known)


async def are_erased(client: Client, ids: set[str]) -> bool:
    wanted = {"_id": {"$in": list(ids)}}
    erased = {**wanted, "status": "erased"}
    left = await client["keyring"]["keys"].count_documents(wanted)
    return not left and await client["intake"]["participants"].count_documents(erased) == len(ids)


async def names_in(client: Client, gone: dict[str, str]) -> dict[str, str]:
    """Return the reference of each person by id: who came after the backup may have another id."""
    rows = client["intake"]["participants"].find({"status": {"$ne": "erased"}})
    return gone | {row["_id"]: row["references"][0]["reference"] async for row in rows}


async def standing(client: Client, gone: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return how each person stands, as three services have it, by reference."""
    names = await names_in(client, gone)
    kept: dict[str, tuple[str, Callable[[Any], str]]] = {
        "intake": ("participants", lambda row: row["status"]),
        "matching": ("candidates", lambda row: "active" if row["active"] else "away"),
        "console": ("people", lambda row: row["status"]),
    }
    return {
        service: {
            names.get(row["_id"], row["_id"]): status(row)
            async for row in client[service][name].find()
        }
        for service, (name, status) in kept.items()
    }


def should_stand(history: History, forgotten: set[str]) -> dict[str, dict[str, str]]:
    left = {name: "left" if each.leaves else "active" for name, each in history.people.items()}
    stand = left | dict.fromkeys(forgotten, "erased")
    away = {name: "active" if status == "active" else "away" for name, status in stand.items()}
    return {"intake": stand, "matching": away, "console": stand}


async def lived_through(folder: Path) -> Outcome:
    first, second, backups = folder / "first", folder / "second", folder / "backups"
    sender = Sender(up(first), ledger := Ledger())
    history = History(7)
    told = list(islice(history.events(), ALL))
    await tell(sender, told[:BEFORE])
    accepted = set(ledger.accepted)
    async with asyncio.TaskGroup() as group:
        group.create_task(tell(sender, told[BEFORE:]))
        backing_up = group.create_task(asyncio.to_thread(wlc, first, "backup", backups, "--json"))
    forgotten = {name for name, each in history.people.items() if not each.leaves}
    forgotten = {min(forgotten), max(forgotten)}
    async with databases(first) as client:
        ids = await ids_of(client, set(history.people))
        await sender.by_http([erasure_of(each) for each in forgotten])
        gone = {ids[each] for each in forgotten}
        await eventually(lambda: once(are_erased(client, gone)))
    wlc(first, "backup", backups, "--erased-only")
    await sender.close()
    kill_everything(first)

    refused = wlc(first, "restore", backups, code=1).stderr
    restored = json.loads(wlc(second, "restore", backups, "--json").stdout)
    sender = Sender(up(second), Ledger())
    former = {ids[reference]: reference for reference in forgotten}
    wanted = should_stand(history, forgotten)
    try:
        async with databases(second) as client:
            came_back = await taken_among(client, accepted)
            await tell(sender, told)
            with suppress(TimeoutError):
                await eventually(lambda: once(stand_as(client, former, wanted)))
            stand = await standing(client, former)
            names = await names_in(client, former)
            kept = {row["_id"] async for row in client["keyring"]["keys"].find()}
            keys = {names[each] for each in kept & names.keys()}
    finally:
        await sender.close()
        wlc(second, "down")
    return Outcome(
        accepted=accepted,
        came_back=came_back,
        forgotten=forgotten,
        backed_up=json.loads(backing_up.result().stdout),
        restored=restored,
        refused=refused,
        should_stand=wanted,
        stand=stand,
        keys=keys,
    )


async def once(is_so: Awaitable[bool]) -> bool | None:
    return await is_so or None


async def stand_as(client: Client, gone: dict[str, str], wanted: dict[str, Any]) -> bool:
    return await standing(client, gone) == wanted


async def taken_among(client: Client, accepted: set[str]) -> set[str]:
    """Return which of these submissions there are, after the time for those that waited."""
    found: set[str] = set()

    async def all_taken() -> bool | None:
        rows = client["intake"]["submissions"].find({"status": "accepted"})
        found.update([row["event_id"] async for row in rows])
        return accepted <= found or None

    with suppress(TimeoutError):
        await eventually(all_taken)
    return found & accepted


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return asyncio.run(lived_through(tmp_path_factory.mktemp("backup")))


def test_nothing_that_was_taken_before_the_backup_began_is_lost(outcome: Outcome) -> None:
    assert outcome.accepted
    assert outcome.accepted - outcome.came_back == set()


def test_what_publishers_send_again_completes_it_and_doubles_nobody(outcome: Outcome) -> None:
    assert outcome.stand == outcome.should_stand


def test_nobody_comes_back_who_was_forgotten_after_the_backup(outcome: Outcome) -> None:
    assert outcome.forgotten
    assert outcome.keys == outcome.should_stand["intake"].keys() - outcome.forgotten
    assert outcome.restored["forgotten_again"] == len(outcome.forgotten)


def test_a_folder_in_which_something_is_takes_no_backup(outcome: Outcome) -> None:
    assert "is not empty" in outcome.refused
    assert outcome.restored["documents"] > 0
    assert outcome.backed_up["paused_seconds"] > 0
