"""MongoDB as the services see it: connecting, reading entities, describing their writes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pydantic import TypeAdapter
from pymongo.errors import PyMongoError

from shared.changes import Put, Remove
from shared.errors import UnavailableError
from shared.loader import Loader

Document = dict[str, Any]
BATCH = 1000
"""Documents per answer; the driver's own first answer ends at 101, below what a group asks for."""
Database = AsyncIOMotorDatabase[Document]
LENGTH_BYTES = 4
"""Of a document's own length, at its beginning."""


def stored_time(moment: datetime) -> str:
    """Return a time as it is stored in JSON form: the text sorts as the times do."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def documents_in(batch: bytes) -> Iterator[bytes]:
    """Divide documents that lie one after the other; each begins with its length."""
    start = 0
    while start < len(batch):
        end = start + int.from_bytes(batch[start : start + LENGTH_BYTES], "little")
        yield batch[start:end]
        start = end


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
        self._by_id = Loader(self._load)

    async def get(self, entity_id: str) -> E | None:
        """Return the newest stored entity; all that is asked for in one turn is one query."""
        return await self._by_id.get(entity_id)

    async def _load(self, ids: list[str]) -> dict[str, E]:
        return {entity.id: entity for entity in await self.find({"_id": {"$in": ids}})}

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: list[tuple[str, int]] | None = None,
        limit: int = 0,
        skip: int = 0,
    ) -> list[E]:
        """Return what the query finds, newest versions, at most `limit` (0: all)."""
        cursor = self._documents.find(query, sort=sort, limit=limit, skip=skip, batch_size=BATCH)
        try:
            return [self._entity(document) for document in await cursor.to_list(None)]
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a query") from error

    async def find_fields(self, query: Mapping[str, Any], fields: Sequence[str]) -> list[Document]:
        """Return these fields of what the query finds, as they are stored."""
        cursor = self._documents.find(query, dict.fromkeys(fields, 1), batch_size=BATCH)
        try:
            return await cursor.to_list(None)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a query") from error

    async def versions(self, query: Mapping[str, Any]) -> dict[str, int]:
        """Return the version of each document that the query finds, by id."""
        cursor = self._documents.find(query, {"version": 1}, batch_size=BATCH)
        try:
            return {each["_id"]: each["version"] for each in await cursor.to_list(None)}
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a query") from error

    async def count(self, query: Mapping[str, Any], at_most: int | None = None) -> int:
        """Return how many documents the query finds, counting up to a number."""
        limit: dict[str, Any] = {"limit": at_most} if at_most else {}
        try:
            return await self._documents.count_documents(query, **limit)
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
