"""Rows of lists from MongoDB: only the fields that a row shows, and what is counted, counted there.

A match of 200 people is some 100 kB: a page that decoded each would take seconds.
"""

import asyncio
from collections.abc import Collection as Many
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pymongo import ASCENDING, IndexModel

from services.console.ports import (
    CallRow,
    MatchRow,
    OutreachRow,
    SessionRow,
    Some,
)
from services.console.store.outside import SOUGHT
from services.console.store.together import Together
from shared.contracts.engagements import EngagementStatus
from shared.contracts.matches import MatchStatus
from shared.contracts.messages import MessageStatus
from shared.contracts.sessions import Answer, SessionStatus
from shared.mongo import Database, Document, stored_time

R = TypeVar("R", MatchRow, SessionRow, OutreachRow, CallRow)

MOST_CALLS = 500
OLDEST_FIRST = {"$sort": {"at": ASCENDING}}
"""Not by id as well: no index orders by both, and whole documents would be sorted."""
AT_RISK = {"state.at_risk": True}
MISSING = {"state.missing": {"$gt": 0}}
HELD = {"held.id": {"$exists": True}}
NOT_HELD = {"held.id": {"$exists": False}}
UNMET = {"state.unmet.0": {"$exists": True}}
OPEN_CALL = {"state.status": MessageStatus.TO_CALL.value, "done_by": None}


def _only(name: str, field: str, which: Mapping[str, Any]) -> IndexModel:
    """Return a small index of the few documents that need somebody."""
    keys = [("hub", ASCENDING), ("state.status", ASCENDING), ("at", ASCENDING), (field, ASCENDING)]
    return IndexModel(keys, name=name, partialFilterExpression=which)


HELD_INDEX = IndexModel(
    [("hub", ASCENDING), ("at", ASCENDING), ("state.status", ASCENDING)],
    name="held",
    partialFilterExpression=HELD,
)
SESSION_ROW_INDEXES = (
    _only("at_risk", "state.at_risk", AT_RISK),
    _only("missing", "state.missing", MISSING),
    _only("unmet", "state.number", UNMET),
)

MATCH_ROW = {
    "hub": 1,
    "sequence": 1,
    "at": 1,
    "title": "$state.title",
    "partner": "$state.partner",
    "status": "$state.status",
    "places": "$state.places",
    "eligible": "$state.eligible",
    "chosen": {"$size": "$state.panel"},
    "decided_by": 1,
    "held_choice": "$held.choice",
    "held_by": "$held.by",
    "goes_at": "$held.goes_at",
}
SESSION_ROW = {
    "hub": 1,
    **{
        name: f"$state.{name}"
        for name in (
            *("title", "status", "number", "starts_at", "ends_at", "places", "missing"),
            *("quorum", "at_risk", "unmet", "reasons"),
        )
    },
    "venue": "$state.venue.name",
    "coming": {
        "$size": {
            "$filter": {
                "input": "$state.attendees",
                "cond": {"$eq": ["$$this.answer", Answer.ACCEPTED.value]},
            }
        }
    },
}
CALL_ROW = {
    "hub": 1,
    "at": 1,
    **{name: f"$state.{name}" for name in ("kind", "due_by", "engagement_id", "invitation_id")},
}
OUTREACH_ROW = {
    "hub": 1,
    **{name: f"$state.{name}" for name in ("match_id", "title", "partner", "wanted")},
}


AS_MATCH_ROW = TypeAdapter(MatchRow)


def match_row(document: Document) -> MatchRow:
    """Return a document that has the fields of `MATCH_ROW` as a row."""
    return AS_MATCH_ROW.validate_python(_row(document))


class MongoOverview:
    """See ports.Overview."""

    def __init__(self, database: Database) -> None:
        self._together = Together(database)
        self._match = AS_MATCH_ROW
        self._session = TypeAdapter(SessionRow)
        self._call = TypeAdapter(CallRow)
        self._outreach = TypeAdapter(OutreachRow)

    async def to_decide(self, hubs: tuple[str, ...], limit: int) -> Some[MatchRow]:
        query = {**_of(hubs), "state.status": MatchStatus.PROPOSED.value}
        rows, all_, held = await asyncio.gather(
            self._rows("matches", {**query, **NOT_HELD}, MATCH_ROW, self._match, limit),
            self._count("matches", query),
            self._count("matches", {**query, **HELD}),
        )
        return Some(rows, max(all_ - held, len(rows)))

    async def held(self, hubs: tuple[str, ...], limit: int) -> Some[MatchRow]:
        return await self._some("matches", {**_of(hubs), **HELD}, MATCH_ROW, self._match, limit)

    async def short(
        self, hubs: tuple[str, ...], beside: Iterable[str], limit: int
    ) -> Some[MatchRow]:
        others = {"_id": {"$nin": list(beside)}}
        query = {**_of(hubs), "state.status": MatchStatus.SHORT.value, **others}
        return await self._some("matches", query, MATCH_ROW, self._match, limit)

    async def looked_for(self, hubs: tuple[str, ...]) -> frozenset[str]:
        match_id = {"$project": {"match_id": "$state.match_id"}}
        query = {**_of(hubs), **SOUGHT}
        found = await self._together.ask("outreach", [{"$match": query}, match_id])
        return frozenset(each["match_id"] for each in found)

    async def sought(self, hubs: tuple[str, ...], limit: int) -> Some[OutreachRow]:
        query = {**_of(hubs), **SOUGHT}
        return await self._some("outreach", query, OUTREACH_ROW, self._outreach, limit)

    async def in_need(self, hubs: tuple[str, ...], now: datetime, limit: int) -> Some[SessionRow]:
        ahead = {
            **_of(hubs),
            "state.status": SessionStatus.ANNOUNCED.value,
            "at": {"$gte": stored_time(now)},
        }
        query = {"$or": [{**ahead, **each} for each in (AT_RISK, MISSING, UNMET)]}
        return await self._some("sessions", query, SESSION_ROW, self._session, limit)

    async def unplaced(self, hubs: tuple[str, ...], limit: int) -> Some[SessionRow]:
        query = {**_of(hubs), "state.status": SessionStatus.UNSCHEDULED.value}
        return await self._some("sessions", query, SESSION_ROW, self._session, limit)

    async def ahead(
        self, hubs: tuple[str, ...], start: datetime, end: datetime, limit: int
    ) -> Some[SessionRow]:
        query = {
            **_of(hubs),
            "state.status": SessionStatus.ANNOUNCED.value,
            "at": {"$gte": stored_time(start), "$lt": stored_time(end)},
        }
        return await self._some("sessions", query, SESSION_ROW, self._session, limit)

    async def calls(
        self, hubs: tuple[str, ...], about_silence: Many[str], limit: int
    ) -> Some[CallRow]:
        query = {**_of(hubs), **OPEN_CALL}
        stages: list[Document] = [
            {"$match": query},
            OLDEST_FIRST,
            {"$limit": MOST_CALLS},
            {"$project": CALL_ROW},
        ]
        found = await self._together.ask("messages", stages)
        unanswered = await self._unanswered(
            [each.get("invitation_id") for each in found if each["kind"] in about_silence]
        )
        wanted = [
            each
            for each in found
            if each["kind"] not in about_silence or each.get("invitation_id") in unanswered
        ]
        wanted.sort(key=_most_urgent)
        rows = [self._call.validate_python(_row(each)) for each in wanted[:limit]]
        return Some(await self._titled(rows), len(wanted))

    async def failed_since(self, hubs: tuple[str, ...], start: datetime) -> int:
        failed = MessageStatus.FAILED.value
        query = {**_of(hubs), "state.status": failed, "at": {"$gte": stored_time(start)}}
        return await self._count("messages", query)

    async def refused(self, hubs: tuple[str, ...]) -> dict[str, int]:
        query = {**_of(hubs), "corrected": False}
        by_publisher = {"$group": {"_id": "$publisher", "count": {"$sum": 1}}}
        found = await self._together.ask("refusals", [{"$match": query}, by_publisher])
        return {each["_id"]: each["count"] for each in found}

    async def open_engagements(self, hubs: tuple[str, ...]) -> int:
        query = {**_of(hubs), "state.status": EngagementStatus.OPEN.value}
        return await self._count("engagements", query)

    async def _unanswered(self, invitation_ids: list[str | None]) -> frozenset[str]:
        if not invitation_ids:
            return frozenset()
        stages: list[Document] = [
            {"$match": {"_id": {"$in": invitation_ids}}},
            {"$project": {"answer": {"$ifNull": ["$said", "$state.answer"]}}},
            {"$match": {"answer": Answer.INVITED.value}},
        ]
        return frozenset(each["_id"] for each in await self._together.ask("invitations", stages))

    async def _titled(self, rows: list[CallRow]) -> list[CallRow]:
        about = list({row.engagement_id for row in rows if row.engagement_id})
        if not about:
            return rows
        stages: list[Document] = [
            {"$match": {"_id": {"$in": about}}},
            {"$project": {"title": "$state.title"}},
        ]
        found = await self._together.ask("engagements", stages)
        titles = {each["_id"]: each["title"] for each in found}
        return [replace(row, title=titles.get(row.engagement_id or "")) for row in rows]

    async def _some(
        self,
        name: str,
        query: Document,
        fields: Document,
        kind: TypeAdapter[R],
        limit: int,
    ) -> Some[R]:
        rows, total = await asyncio.gather(
            self._rows(name, query, fields, kind, limit), self._count(name, query)
        )
        return Some(rows, max(total, len(rows)))

    async def _rows(
        self,
        name: str,
        query: Document,
        fields: Document,
        kind: TypeAdapter[R],
        limit: int,
    ) -> list[R]:
        stages: list[Document] = [
            {"$match": query},
            OLDEST_FIRST,
            {"$limit": limit},
            {"$project": fields},
        ]
        return [kind.validate_python(_row(each)) for each in await self._together.ask(name, stages)]

    async def _count(self, name: str, query: Document) -> int:
        found = await self._together.ask(name, [{"$match": query}, {"$count": "count"}])
        return sum(each["count"] for each in found)


def _most_urgent(call: Document) -> tuple[bool, str]:
    """Order calls; one that was kept before calls had a deadline has none."""
    due_by = call.get("due_by")
    return due_by is None, due_by or call["at"]


def _of(hubs: tuple[str, ...]) -> Document:
    return {"hub": {"$in": list(hubs)}}


def _row(document: Document) -> Document:
    return {"id": document.pop("_id"), **document}
