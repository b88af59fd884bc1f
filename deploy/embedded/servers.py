"""Both servers as one context: started side by side, stopped together."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from deploy.embedded.mongo import Mongo
from deploy.embedded.rabbit import Rabbit
from deploy.embedded.replica import MongoUser


class Server(Protocol):
    """What can be started, watched and stopped."""

    async def start(self) -> None: ...

    async def ended(self) -> str: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Servers:
    """Both, running."""

    rabbit: Rabbit
    mongo: Mongo

    @property
    def pids(self) -> dict[str, int]:
        return {"rabbitmq": self.rabbit.pid, "mongod": self.mongo.pid}


@asynccontextmanager
async def running(*servers: Server) -> AsyncIterator[None]:
    """Run those servers together; raises EmbeddedError when one of them cannot."""
    try:
        await _start(servers)
        yield
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


@asynccontextmanager
async def servers(
    folder: Path, definitions: Mapping[str, JsonValue], users: Sequence[MongoUser] = ()
) -> AsyncIterator[Servers]:
    """Run a private RabbitMQ and MongoDB on that folder; EmbeddedError when one cannot."""
    rabbit, mongo = Rabbit(folder / "rabbitmq", definitions), Mongo(folder / "mongo", users)
    async with running(rabbit, mongo):
        yield Servers(rabbit, mongo)


async def first_to_end(*servers: Server) -> str:
    """Wait until one of them ends and return the sentence that says so."""
    waits = [asyncio.ensure_future(server.ended()) for server in servers]
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for wait in waits:
            wait.cancel()


async def _start(servers: Sequence[Server]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for server in servers:
                group.create_task(server.start())
    except ExceptionGroup as failures:
        first = failures.exceptions[0]
        raise first from first.__cause__
