"""MongoDB's first steps: a replica set that answers to the name `mongo`, with its users."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from deploy.accounts import mongo_users
from deploy.compose.installation import MONGO_HOST, VOLUMES, Installation
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.replica import REPLICA_SET, Replica
from deploy.embedded.tls import tls_options

_WITHIN_SECONDS = 90.0
_POLL_SECONDS = 0.5
_REFUSED_AS_INITIALISED = {13, 23}
"""Unauthorized, once there are users; AlreadyInitialized, while there are none."""


async def form(installation: Installation) -> None:
    """Bring `mongod`, reached over loopback, to where services can use it; may be repeated."""
    memory = installation.mongo_memory()
    async with Replica(memory, VOLUMES / "accounts", installation.authority) as replica:
        await _until(replica.answers, "answer")
        await _initiate(memory.ports[0], installation.authority)
        await _until(replica.takes_writes, "become primary")
        await replica.set_users(mongo_users(installation.secrets))


async def _initiate(port: int, authority: Path | None) -> None:
    member = {"_id": 0, "host": MONGO_HOST}
    configuration = {"_id": REPLICA_SET, "members": [member]}
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(
        LOOPBACK,
        port,
        directConnection=True,
        serverMonitoringMode="poll",
        **tls_options(authority),
    )
    async with client:
        try:
            await client.admin.command("replSetInitiate", configuration)
        except OperationFailure as error:
            if error.code not in _REFUSED_AS_INITIALISED:
                raise


async def _until(happened: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + _WITHIN_SECONDS
    while not await happened():
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"MongoDB did not {what} within {_WITHIN_SECONDS:.0f} s; "
                "`docker compose logs mongo` tells why."
            )
        await asyncio.sleep(_POLL_SECONDS)
