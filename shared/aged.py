"""Finding what has been kept for its time: rows by their own times, or by their engagement's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from shared.errors import UnavailableError
from shared.mongo import Database, Document
from shared.periods import Kept

AT_ONCE = 200
"""Rows of one step: what is computed and committed together."""


@dataclass(frozen=True, slots=True)
class Engagements:
    """When an engagement is over, by its service: all times at `ends` are past.

    `sessions`: nor has it a later session in the collection of that name; where a session says
    whose it is, and when it ends.
    """

    ends: tuple[str, ...]
    sessions: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose period is over, as it was read."""

    id: str
    version: int


class Aged(Protocol):
    """Finds rows whose period is over. Raises UnavailableError."""

    async def page(self, name: str, kept: Kept, before: date, after: str) -> list[Row]:
        """Return the first `AT_ONCE` in order of their ids, beyond one of them."""
        ...


class MongoAged:
    """See Aged. Times are stored as ISO text, which sorts as they do; a day is before its times."""

    def __init__(self, database: Database, engagements: Engagements | None = None) -> None:
        self._database = database
        self._engagements = engagements

    async def page(self, name: str, kept: Kept, before: date, after: str) -> list[Row]:
        """See Aged."""
        try:
            over = await self._over(kept, before.isoformat())
            found = self._database[name].find(
                {"$and": [{"_id": {"$gt": after}}, kept.where, *over]},
                {"version": 1},
                sort=[("_id", ASCENDING)],
                limit=AT_ONCE,
            )
            return [Row(each["_id"], each["version"]) for each in await found.to_list(None)]
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not say what was kept long enough") from error

    async def _over(self, kept: Kept, before: str) -> list[Document]:
        if kept.engagement:
            return [{kept.engagement: {"$in": await self._ended(before)}}]
        return _all_before(kept.since, before) if kept.since else []

    async def _ended(self, before: str) -> list[str]:
        """Return the engagements that ended before a day."""
        if self._engagements is None:
            return []
        over = {"$and": _all_before(self._engagements.ends, before)}
        found = await self._database["engagements"].find(over, {"_id": 1}).to_list(None)
        ended = {str(each["_id"]) for each in found}
        if self._engagements.sessions:
            whose, ends_at = self._engagements.sessions
            later = {ends_at: {"$gte": before}}
            ended -= set(await self._database["sessions"].distinct(whose, later))
        return sorted(ended)


def _all_before(paths: Sequence[str], before: str) -> list[Document]:
    """Return what finds rows whose times are all before a day; without any they are not found."""
    some = {"$or": [{path: {"$gt": "", "$lt": before}} for path in paths]}
    return [some, *({path: {"$not": {"$gte": before}}} for path in paths)]
