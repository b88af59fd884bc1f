"""MongoDB as the services see it: connecting, reading entities, describing their writes."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar, cast

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pydantic import TypeAdapter
from pymongo.errors import PyMongoError

from shared.changes import Put, Remove
from shared.errors import UnavailableError

Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]


class Entity(Protocol):
    """Anything stored: an id, and the version it was read at (0: never stored)."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


E = TypeVar("E", bound=Entity)


def connect(url: str, *, name: str) -> "AsyncIOMotorClient[Document]":
    """Open a client whose writes are journaled by a majority; `name` shows in the server's log."""
    return AsyncIOMotorClient(
        url,
        appname=name,
        tz_aware=True,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=5000,
        maxPoolSize=50,
    )


class Collection(Generic[E]):
    """Entities of one kind. Reading is done here; writes are only described, for the committer.

    Entities are frozen dataclasses (or pydantic models); they are stored in JSON form (times as
    ISO text), under `_id`. Raises UnavailableError when MongoDB does not answer.
    """

    def __init__(self, database: Database, name: str, kind: type[E]) -> None:
        self._documents = database[name]
        self.name = name
        self._adapter: TypeAdapter[E] = TypeAdapter(kind)
        self._asked: dict[str, list[asyncio.Future[E | None]]] = {}
        self._loading: set[asyncio.Task[None]] = set()

    async def get(self, entity_id: str) -> E | None:
        """Return the newest stored entity; all that is asked for in one turn is one query."""
        if not self._asked:
            task = asyncio.create_task(self._load())
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)
        found = asyncio.get_running_loop().create_future()
        self._asked.setdefault(entity_id, []).append(found)
        return cast("E | None", await found)

    async def _load(self) -> None:
        await asyncio.sleep(0)
        asked, self._asked = self._asked, {}
        try:
            found = await self.find({"_id": {"$in": list(asked)}})
        except Exception as error:  # noqa: BLE001 - handed to everybody who waits
            for waiting in _still_there(asked.values()):
                waiting.set_exception(error)
            return
        by_id = {entity.id: entity for entity in found}
        for entity_id, all_waiting in asked.items():
            for waiting in _still_there([all_waiting]):
                waiting.set_result(by_id.get(entity_id))

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: list[tuple[str, int]] | None = None,
        limit: int = 0,
        skip: int = 0,
    ) -> list[E]:
        """Return what the query finds, newest versions, at most `limit` (0: all)."""
        cursor = self._documents.find(query, sort=sort, limit=limit, skip=skip)
        try:
            return [self._entity(document) async for document in cursor]
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a query") from error

    async def count(self, query: Mapping[str, Any]) -> int:
        """Return how many documents the query finds."""
        try:
            return await self._documents.count_documents(query)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a count") from error

    def keep(self, entity: E) -> Put:
        """Describe the write that stores an entity computed from the version it carries."""
        document = self._adapter.dump_python(entity, mode="json")
        del document["id"], document["version"]
        return Put(self.name, entity.id, document, entity.version)

    def drop(self, entity: E) -> Remove:
        """Describe the write that deletes an entity."""
        return Remove(self.name, entity.id, entity.version)

    def _entity(self, document: Document) -> E:
        return self._adapter.validate_python({**document, "id": document["_id"]})


def _still_there(asked: "Iterable[list[asyncio.Future[Any]]]") -> "Iterator[asyncio.Future[Any]]":
    return (waiting for each in asked for waiting in each if not waiting.done())
