"""How what is looked for is found in MongoDB: by beginnings of texts kept beside each view."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from pydantic import TypeAdapter
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import PyMongoError

from services.console.ports import EngagementView, MatchView, PersonView, SessionView, View
from services.console.ports.search import AFTER_ALL, found_by
from shared.changes import Put
from shared.mongo import Database, Document

log = structlog.get_logger()

FIELD = "search"
INDEX_NAME = "search"
INDEX = IndexModel([("hub", ASCENDING), (FIELD, ASCENDING)], name=INDEX_NAME)
SEARCHED: Mapping[str, type[View]] = {
    "engagements": EngagementView,
    "matches": MatchView,
    "sessions": SessionView,
    "people": PersonView,
}
AT_ONCE = 500
SECONDS = 600.0


def beginning_with(words: Iterable[str]) -> dict[str, Any]:
    """Return the query for what each word is the beginning of; signs stand for themselves."""
    each = [{FIELD: {"$elemMatch": {"$gte": word, "$lt": word + AFTER_ALL}}} for word in words]
    return {"$and": each} if each else {}


def findable(put: Put, view: View) -> Put:
    """Return the write of a view with what finds it beside it."""
    if put.collection not in SEARCHED:
        return put
    return Put(put.collection, put.id, {**put.document, FIELD: list(found_by(view))}, put.was)


async def keep_findable(database: Database) -> None:
    """Add what finds them to the views that were kept before that was, and look again later."""
    while True:
        try:
            for name, kind in SEARCHED.items():
                await make_findable(database, name, kind)
        except PyMongoError as error:
            log.warning("search_not_filled", error_type=type(error).__name__)
        await asyncio.sleep(SECONDS)


async def make_findable(database: Database, name: str, kind: type[View]) -> None:
    """Add it to those of one kind: beside what they hold, of the version it was computed from.

    What is replaced meanwhile brings its own.
    """
    views, adapter = database[name], TypeAdapter(kind)
    found = views.find({FIELD: {"$exists": False}}, batch_size=AT_ONCE)
    waiting: list[UpdateOne] = []
    async for document in found:
        waiting.append(_addition(document, adapter))
        if len(waiting) == AT_ONCE:
            await views.bulk_write(waiting, ordered=False)
            waiting = []
    if waiting:
        await views.bulk_write(waiting, ordered=False)


def _addition(document: Document, adapter: TypeAdapter[View]) -> UpdateOne:
    view = adapter.validate_python({**document, "id": document["_id"]})
    as_read = {"_id": document["_id"], "version": document["version"]}
    return UpdateOne(as_read, {"$set": {FIELD: list(found_by(view))}})
