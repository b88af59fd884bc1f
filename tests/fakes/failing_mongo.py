"""A database that goes away after so many updates; of one of many documents the answer is lost."""

from typing import Any

from pymongo.errors import AutoReconnect

from shared.mongo import Database


class FailingDatabase:
    """All else is done by the database that it stands before."""

    def __init__(self, database: Database, *, updates: int) -> None:
        self.database = database
        self.updates_left = updates

    def __getitem__(self, name: str) -> "FailingCollection":
        return FailingCollection(self, name)


class FailingCollection:
    """See FailingDatabase."""

    def __init__(self, before: FailingDatabase, name: str) -> None:
        self._before = before
        self._collection = before.database[name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    async def update_one(self, *wanted: Any) -> Any:
        if not self._before.updates_left:
            raise AutoReconnect("connection closed")
        self._before.updates_left -= 1
        return await self._collection.update_one(*wanted)

    async def update_many(self, *wanted: Any) -> Any:
        result = await self._collection.update_many(*wanted)
        if not self._before.updates_left:
            self._before.updates_left += 1
            raise AutoReconnect("connection closed")
        return result
