"""Every event that passed, and who of staff did what, in MongoDB."""

from collections.abc import Collection as Objects
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import ABOUT_PEOPLE_IN, AuditAsked, AuditRow, TraceEntry
from shared.changes import Put
from shared.mongo import Collection, Database, stored_time

TRACE_LIMIT = 5_000
TIMELINE_LIMIT = 20_000
TRACE_INDEXES = (
    IndexModel([("correlation_id", ASCENDING), ("at", ASCENDING)]),
    IndexModel([("subject", ASCENDING), ("at", ASCENDING)]),
    IndexModel([("engagement_id", ASCENDING), ("at", DESCENDING)]),
    IndexModel([("at", DESCENDING)]),
)
NEWEST_FIRST = [("at", DESCENDING), ("_id", DESCENDING)]
AUDIT_INDEXES = tuple(
    IndexModel([(field, ASCENDING), *NEWEST_FIRST]) for field in ("hub", "hubs", "who", "about")
)


class MongoTrace(Collection[TraceEntry]):
    """Every event that passed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "trace", TraceEntry)

    async def of(self, *correlation_ids: str) -> list[TraceEntry]:
        return await self._oldest_first({"correlation_id": {"$in": correlation_ids}})

    async def about(self, any_id: str) -> list[TraceEntry]:
        return await self._oldest_first({"$or": [{"_id": any_id}, {"subject": any_id}]})

    async def of_engagement(self, engagement_id: str, subjects: Objects[str]) -> list[TraceEntry]:
        either = [{"engagement_id": engagement_id}, {"subject": {"$in": list(subjects)}}]
        return await self.find({"$or": either}, sort=NEWEST_FIRST, limit=TIMELINE_LIMIT)

    async def _oldest_first(self, query: dict[str, Any]) -> list[TraceEntry]:
        return await self.find(query, sort=[("at", ASCENDING)], limit=TRACE_LIMIT)


class MongoAuditTrail:
    """Who did what; a row about a person in an object names both, the object first."""

    def __init__(self, database: Database) -> None:
        self._rows = Collection(database, "audit", AuditRow)

    def keep(self, row: AuditRow) -> Put:
        return self._rows.keep(row)

    async def rows(self, asked: AuditAsked) -> list[AuditRow]:
        query = _audited(asked)
        return await self._rows.find(query, sort=NEWEST_FIRST, limit=asked.limit, skip=asked.skip)

    async def how_many(self, asked: AuditAsked, *, at_most: int | None = None) -> int:
        return await self._rows.count(_audited(asked), at_most)

    async def about(self, objects: Objects[str], people_in: Objects[str] = ()) -> list[AuditRow]:
        about_people = [{"about": {"$gt": f"{each} ", "$lt": f"{each}!"}} for each in people_in]
        either = [{"about": {"$in": list(objects)}}, *about_people]
        return await self._rows.find({"$or": either}, sort=NEWEST_FIRST)


def _audited(asked: AuditAsked) -> dict[str, Any]:
    of_hubs = {"$in": list(asked.hubs)}
    in_no_hub = ({"who": {"$in": list(asked.colleagues)}}, {"hubs": of_hubs})
    allowed = [{"hub": of_hubs}, *({"hub": None, **each} for each in in_no_hub)]
    named = {"who": asked.who, "what": asked.what}
    query: dict[str, Any] = {field: value for field, value in named.items() if value is not None}
    bounds = {"$gte": asked.start, "$lt": asked.end}
    if at := {bound: stored_time(moment) for bound, moment in bounds.items() if moment}:
        query["at"] = at
    if asked.about is not None:
        query["$and"] = [_told_of(asked.about)]
    return {**query, "$or": allowed}


def _told_of(about: str) -> dict[str, Any]:
    """Return how rows about an object are found, and those about people in it."""
    people_in = {"$in": list(ABOUT_PEOPLE_IN)}
    exactly = {"about": about, "what": {"$not": people_in}}
    if " " in about:
        return exactly
    within = {"about": {"$gt": f"{about} ", "$lt": f"{about}!"}, "what": people_in}
    return {"$or": [{"about": about}, within]}
