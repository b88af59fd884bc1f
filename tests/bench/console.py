"""Pages of the console as staff open them, fifty a second, beside a bare page of the same size.

The console runs as in production with two hubs' documents; the visitors are another process.
"""

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from deploy.embedded.ports import free_port
from services.console.api.access import COOKIE
from services.console.ports import Knowledge, Role, SignedIn, StaffMember
from services.console.store import mongo_knowledge
from services.console.use_cases.sign_in import digest, new_cookie
from shared.mongo import Database, Document
from tests.bench.console_data import HUBS, LARGE, USUAL, Amount, Stored, store
from tests.bench.process_use import cpu_seconds
from tests.bench.service import Running, a_program
from tests.builders.console import PASSWORD_HASH, PERMIT_KEY
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

ACCOUNT_SECONDS = 30
WARM_UP_SECONDS = 4
"""At a fifth of the pace, so that what the page before left undone is done."""
OF_POOL = "match, 24 and 12 in reserve of a pool of 200"
COMPARED = frozenset({"start", OF_POOL})
MASTER_TEXT = "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0="

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """How many visitors come, for how long."""

    per_second: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Visited:
    """A page, how long whoever opened it waited, its bytes as sent and as read."""

    page: str
    milliseconds: tuple[float, ...]
    sent: int
    read: int
    errors: int
    cpu_ms: float

    def percentile(self, percent: int) -> float:
        """Return what so many of a hundred waited at most."""
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]

    def row(self, reference: "Visited | None") -> Row:
        """Return what is printed, beside a bare page of the same size."""
        p95 = self.percentile(95)
        return {
            "page": self.page,
            "visits": len(self.milliseconds),
            "kB": round(self.read / 1000, 1),
            "kB_sent": round(self.sent / 1000, 1),
            **{f"p{each}_ms": round(self.percentile(each), 1) for each in (50, 95, 99)},
            "p95_to_bare": round(p95 / reference.percentile(95), 2) if reference else "",
            "errors": self.errors,
            "cpu_ms_each": round(self.cpu_ms, 2),
        }


async def measure(servers: TestServers, amount: Amount, load: Load) -> list[Row]:
    """Return a row for each page, then one for the bare page that is as long as it."""
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[Document] = AsyncIOMotorClient(servers.mongo_url)
    with tempfile.TemporaryDirectory() as folder:
        staff_file = Path(folder) / "staff.json"
        staff_file.write_text(_accounts())
        try:
            async with (
                Broker.of(servers),
                _console(servers, name, staff_file) as console,
                _bare(servers, name) as bare,
            ):
                await console.until_ready()
                stored, cookie = await _filled(mongo[name], amount)
                return [row async for row in _rows(console, bare, stored, cookie, load=load)]
        finally:
            await mongo.drop_database(name)
            mongo.close()


async def _filled(database: Database, amount: Amount) -> tuple[Stored, str]:
    """Store what there is, and a browser that is signed in; return its cookie too."""
    known = mongo_knowledge(database)
    stored = await store(database, known, amount)
    cookie, now, account = new_cookie(), datetime.now(UTC), await _account(known)
    browser = SignedIn(
        id=digest(cookie), username="amina", since=now, seen_at=now, account=account.fingerprint
    )
    put = known.browsers.keep(browser)
    await database[put.collection].insert_one({**put.document, "_id": put.id, "version": 1})
    return stored, f"{COOKIE}={cookie}"


async def _account(known: Knowledge) -> StaffMember:
    """Return the account once the console has taken it over from its file."""
    async with asyncio.timeout(ACCOUNT_SECONDS):
        while (member := await known.staff.get("amina")) is None:
            await asyncio.sleep(0.1)
    return member


async def _rows(
    console: Running, bare: Running, stored: Stored, cookie: str, *, load: Load
) -> AsyncIterator[Row]:
    pages = {
        "start": "/",
        OF_POOL: f"/matches/{stored.waiting[USUAL]}",
        "its people were invited": f"/matches/{stored.approved[USUAL]}",
        "panel of all 200": f"/matches/{stored.waiting[LARGE]}",
        "all 200 were invited": f"/matches/{stored.approved[LARGE]}",
        "matches": "/matches",
        "sessions": "/sessions",
        "messages": "/messages",
        "search": "/search?q=ward",
    }
    for name, path in pages.items():
        found = await _visited(console, name, path, cookie, load=load)
        if name not in COMPARED:
            yield found.row(None)
            continue
        size = f"?size={found.read}"
        checked = await _visited(bare, "bare, signed in", f"/signed-in{size}", cookie, load=load)
        yield found.row(checked)
        yield checked.row(checked)
        yield (await _visited(bare, "bare, open to all", f"/page{size}", cookie, load=load)).row(
            checked
        )


async def _visited(running: Running, page: str, path: str, cookie: str, *, load: Load) -> Visited:
    await _come(running, path, cookie, Load(load.per_second / 5, WARM_UP_SECONDS))
    used = cpu_seconds(running.process.pid)
    found = await _come(running, path, cookie, load)
    used = cpu_seconds(running.process.pid) - used
    milliseconds = tuple(1000 * each for each in found["seconds"])
    errors, cpu_ms = sum(found["errors"].values()), 1000 * used / len(milliseconds)
    return Visited(page, milliseconds, found["sent"], found["read"], errors, cpu_ms)


async def _come(running: Running, path: str, cookie: str, load: Load) -> dict[str, Any]:
    options = {
        "port": running.port,
        "path": path,
        "cookie": cookie,
        "per-second": load.per_second,
        "seconds": load.seconds,
    }
    visitors = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.visitors"),
        *(word for name, value in options.items() for word in (f"--{name}", str(value))),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await visitors.communicate()
    found: dict[str, Any] = json.loads(said)
    return found


def _accounts() -> str:
    row = {
        "username": "amina",
        "password_hash": PASSWORD_HASH,
        "roles": dict.fromkeys(HUBS, (Role.LEAD, Role.OPERATOR)),
    }
    return json.dumps({"staff": [row]})


@asynccontextmanager
async def _console(servers: TestServers, database: str, staff_file: Path) -> AsyncIterator[Running]:
    port = free_port()
    settings = {
        "RABBIT_URL": servers.rabbit["console"],
        "MONGO_URL": servers.mongo_url,
        "DEVELOPMENT": "true",
        "DATABASE": database,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "KEYRING_DATABASE": database,
        "KEYRING_KEY": MASTER_TEXT,
        "LINK_KEY": "a key that only this bench knows",
        "PERMIT_KEY": PERMIT_KEY,
        "STAFF_FILE": str(staff_file),
        "SECURE_COOKIES": "false",
        "LOG_LEVEL": "WARNING",
    }
    environment = {f"CONSOLE_{name}": value for name, value in settings.items()}
    async with a_program("services.console.main", port, environment=environment) as found:
        yield found


@asynccontextmanager
async def _bare(servers: TestServers, database: str) -> AsyncIterator[Running]:
    port = free_port()
    options = ("--port", str(port), "--mongo-url", servers.mongo_url, "--database", database)
    async with a_program("tests.bench.bare_pages", port, *options, environment={}) as found:
        yield found
