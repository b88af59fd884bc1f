"""Who left long ago is forgotten by itself, everywhere, and everything is cleaned after them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import AsyncMongoClient

from cli.places import Places
from deploy.accounts import Secrets
from shared.changes import Due
from shared.mongo import stored_time
from shared.periods import RETENTION
from shared.retention import DAILY, day_of
from shared.topology import ROUTES
from shared.transaction import due_row
from tests.builders.gateway import eventually
from tests.builders.watched import a_person, run, said

Client = AsyncMongoClient[dict[str, Any]]
LONG_AGO = timedelta(days=800)
STAYS, LEAVES_NOW, LEFT = 1, 2, (3, 4, 5)
FORGOTTEN = {
    "intake": ("participants", {"status": "erased", "sealed": None}),
    "matching": ("candidates", {"erased": True, "lived_experience": []}),
    "scheduling": ("attendants", {"erased": True}),
    "notification": ("participants", {"standing": "erased", "reference": None}),
    "console": ("people", {"status": "erased", "reference": "erased"}),
}


def wlc(folder: Path, *words: str, typed: str | None = None) -> Any:
    done = run(folder, words, typed, {})
    assert done.returncode == 0, done.stderr
    return done.stdout


@asynccontextmanager
async def as_intake(folder: Path) -> AsyncIterator[Client]:
    """Open MongoDB as intake does, which may change what it keeps."""
    password = Secrets.model_validate_json((folder / "secrets.json").read_bytes()).mongo["intake"]
    _, _, address = Places(folder).mongo_url().partition("@")
    async with AsyncMongoClient(f"mongodb://intake:{quote(password)}@{address}") as client:
        yield client


def withdrawn(number: int) -> dict[str, Any]:
    reference = a_person(number, "email")["reference"]
    return said("participant", {"reference": reference}) | {"type": "wlc.participant.withdrawn.v1"}


async def long_ago(intake: Any, ids: list[str]) -> None:
    """Have time pass for some people, and a night come."""
    left_at = stored_time(datetime.now(UTC) - LONG_AGO)
    aged = {"$set": {"left_at": left_at}, "$inc": {"version": 1}}
    await intake["participants"].update_many({"_id": {"$in": ids}}, aged)
    day = day_of(datetime.now(UTC)).isoformat()
    night = due_row(Due(RETENTION, DAILY, datetime.now(UTC), {"day": day}))
    await intake[RETENTION].replace_one({"_id": DAILY}, night, upsert=True)


async def status_of(intake: Any) -> dict[str, tuple[str, str]]:
    rows = intake["participants"].find({"status": {"$ne": "erased"}})
    return {row["references"][0]["reference"]: (row["_id"], row["status"]) async for row in rows}


async def test_who_left_long_ago_is_gone_everywhere_and_all_is_cleaned_after_them_once(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "installation"
    wlc(folder, "up", "--detach")
    try:
        everybody = [a_person(n, "email") for n in (STAYS, LEAVES_NOW, *LEFT)]
        events = [said("participant", person) for person in everybody]
        wlc(folder, "publish", "-", typed="".join(f"{json.dumps(each)}\n" for each in events))
        gone = [withdrawn(n) for n in (LEAVES_NOW, *LEFT)]
        wlc(folder, "publish", "-", typed="".join(f"{json.dumps(each)}\n" for each in gone))
        async with as_intake(folder) as client:
            people = await status_of(client["intake"])
            former = [people[a_person(n, "email")["reference"]] for n in LEFT]
            ids = sorted(each for each, _ in former)
            assert {status for _, status in former} == {"left"}

            await long_ago(client["intake"], ids)

            async def all_confirmed() -> list[Any] | None:
                cases = await client["intake"]["erasure_cases"].find().to_list()
                return (
                    cases if len(cases) == len(ids) and all(x["done_at"] for x in cases) else None
                )

            cases = await eventually(all_confirmed)
            assert sorted(each["_id"] for each in cases) == ids
            assert all(each["confirmed"].keys() == set(ROUTES) for each in cases)
            theirs = {"_id": {"$in": ids}}
            assert await client["keyring"]["keys"].count_documents(theirs) == 0
            assert await client["keyring"]["keys"].count_documents({"_id": {"$nin": ids}}) == 2
            left = await status_of(client["intake"])
            assert sorted(status for _, status in left.values()) == ["active", "left"]

            async def swept() -> Any:
                newest = await client["intake"]["retention_runs"].find_one(sort=[("_id", -1)])
                return newest if newest and "participants" in newest["ended"] else None

            run_ = await eventually(swept)
            assert run_["ended"]["participants"] == len(ids)
        async with AsyncMongoClient(Places(folder).mongo_url()) as reading:
            for service, (name, blank) in FORGOTTEN.items():
                rows = await reading[service][name].find(theirs).to_list()
                assert len(rows) == len(ids), service
                assert all(blank.items() <= row.items() for row in rows), service

        cleaned = json.loads(wlc(folder, "erase", "--due", "--json"))
        again = json.loads(wlc(folder, "erase", "--due", "--json"))

        assert (cleaned["cleaned"], cleaned["unconfirmed"]) == (ids, {})
        assert (again["due"], again["cleaned"]) == (0, [])
        told = json.loads(wlc(folder, "status", "--json"))
        assert {each["last_sweep"] for each in told.values()} == {run_["_id"]}
    finally:
        run(folder, ("down",), None, {})
