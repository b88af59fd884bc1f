"""MongoDB as who may do everything there: what it recorded, and taking an account its rights."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient, MongoClient

from cli.erasing.marks import Marks
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.remembered import Memory
from deploy.embedded.replica import ROOT


def entries_with(marks: Marks, mongo: Path) -> tuple[int, int]:
    """Return how many entries its oplog has, and in how many a mark stands; of its folder."""
    looked_at = found = 0
    with MongoClient[RawBSONDocument](_url(mongo), document_class=RawBSONDocument) as client:
        for entry in client["local"]["oplog.rs"].find():
            looked_at += 1
            found += marks.are_in(bytes(entry.raw))
    return looked_at, found


@asynccontextmanager
async def without_rights(account: str, mongo: Path) -> AsyncIterator[None]:
    """Refuse an account everything while the context lasts, as when it was not set up."""
    client: AsyncMongoClient[dict[str, Any]]
    async with AsyncMongoClient(_url(mongo)) as client:
        [known] = (await client.admin.command("usersInfo", account))["users"]
        roles = [{"role": each["role"], "db": each["db"]} for each in known["roles"]]
        await client.admin.command("updateUser", account, roles=[])
        try:
            yield
        finally:
            await client.admin.command("updateUser", account, roles=roles)


def _url(mongo: Path) -> str:
    memory = Memory.model_validate_json((mongo / "remembered.json").read_bytes())
    who = f"{ROOT}:{memory.secret_for(ROOT)}"
    return f"mongodb://{who}@{LOOPBACK}:{memory.ports[0]}/?authSource=admin&directConnection=true"
