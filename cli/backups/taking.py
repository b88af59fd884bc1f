"""Taking a backup: a short pause, one moment of all databases, all that waits in the queues."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aio_pika
import bson
from aio_pika.abc import AbstractConnection
from pymongo import AsyncMongoClient

from cli.backups import letters
from cli.backups.archive import Writer
from cli.backups.databases import Client, copy_database, pin
from cli.backups.erased import LIST, forgotten_in, keep_list
from cli.backups.letters import DATA, KEYRING, SECRETS, Counts
from cli.backups.pausing import paused
from cli.backups.queues import copy_queues
from cli.broker import CONNECT_SECONDS
from deploy.accounts import SERVICES
from deploy.rights import KEYRING as KEYRING_DATABASE
from shared.properties import read_odd_properties

MILLISECONDS = 5000
UNFINISHED = ".unfinished"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """The installation to copy: its servers, by accounts that may read all, and its files."""

    mongo_url: str
    rabbit_url: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup holds, and how long it held the others up."""

    folder: Path
    made_at: datetime
    counts: Counts
    forgotten: int
    paused_seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        return {
            "folder": str(self.folder),
            "made_at": self.made_at.isoformat(),
            "documents": self.counts.documents.total(),
            "messages": self.counts.messages.total(),
            "forgotten": self.forgotten,
            "paused_seconds": round(self.paused_seconds, 1),
        }


def name_of(made_at: datetime) -> str:
    """Return what the folder of a backup is called."""
    return f"{made_at:%Y-%m-%dT%H%M%SZ}"


async def take_backup(
    source: Source, folder: Path, key: bytes, made_at: datetime, tell: Tell
) -> Taken:
    """Write a backup into a folder of its own inside that one, which is there whole or not at all.

    Raises CommandError, and what the drivers raise.
    """
    name = name_of(made_at)
    draft = folder / f"{name}{UNFINISHED}"
    draft.mkdir(mode=0o700, parents=True)
    try:
        taken = await _Taking(source, draft, key, made_at, tell).run()
    except BaseException:
        shutil.rmtree(draft)
        raise
    count = keep_list(folder / LIST, taken[1])
    draft.rename(folder / name)
    counts, _, seconds = taken
    return Taken(folder / name, made_at, counts, count, seconds)


class _Taking:
    def __init__(
        self, source: Source, folder: Path, key: bytes, made_at: datetime, tell: Tell
    ) -> None:
        self._source = source
        self._folder = folder
        self._key = key
        self._about = {"made_at": made_at.isoformat(), "version": version("wlc-gateway")}
        self._tell = tell

    async def run(self) -> tuple[Counts, list[Any], float]:
        counts = Counts()
        self._keep_files()
        async with (
            mongo(self._source.mongo_url) as client,
            client.start_session(snapshot=True) as session,
        ):
            with self._writer(DATA) as data, self._writer(KEYRING) as keys:
                seconds = await self._copy_queues(client, session, data, counts)
                for database in SERVICES:
                    await copy_database(client, session, database, data, counts)
                    self._tell(f"copied {database}")
                await copy_database(client, session, KEYRING_DATABASE, keys, counts)
                data.add(letters.ENDS, bson.encode(counts.as_json()))
                keys.add(letters.ENDS, bson.encode({}))
            found = await forgotten_in(client, session)
        return counts, found, seconds

    async def _copy_queues(
        self, client: Client, session: Any, data: Writer, counts: Counts
    ) -> float:
        async with rabbit(self._source.rabbit_url) as connection:
            channel = await connection.channel()
            self._tell("pausing the services; what is sent to them waits meanwhile")
            async with paused(client, channel) as pause:
                await pin(client, session)
                await copy_queues(connection, data, counts)
                await pause.check(channel)
        self._tell(
            f"copied what waits in the queues ({counts.messages.total()} messages); "
            f"the services go on after {pause.seconds:.1f} s"
        )
        return pause.seconds

    def _keep_files(self) -> None:
        with self._writer(SECRETS) as file:
            for name, text in self._source.files.items():
                file.add(letters.FILE, bson.encode({"name": name, "text": text}))
            file.add(letters.ENDS, bson.encode({}))

    def _writer(self, name: str) -> Writer:
        return Writer(self._folder / name, self._key, {**self._about, "file": name})


@asynccontextmanager
async def mongo(url: str) -> AsyncIterator[Client]:
    """Open MongoDB; it is closed with the context."""
    client: Client = AsyncMongoClient(
        url, tz_aware=True, serverSelectionTimeoutMS=MILLISECONDS, appname="wlc-backup"
    )
    async with client:
        yield client


@asynccontextmanager
async def rabbit(url: str) -> AsyncIterator[AbstractConnection]:
    """Open RabbitMQ; it is closed with the context."""
    read_odd_properties()
    connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    async with connection:
        yield connection
