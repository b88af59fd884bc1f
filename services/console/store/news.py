"""News from MongoDB: one change stream on the read models, whichever replica wrote them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from services.console.ports import News
from shared.contracts.messages import MessageStatus
from shared.errors import UnavailableError
from shared.mongo import Database, Document

WAIT_MILLISECONDS = 1_000
KINDS = {"matches": "match", "sessions": "session", "messages": "message"}
DOERS = ("held.by", "decided_by", "moved_by", "called_off_by", "done_by")
TO_SEE_TO = [MessageStatus.TO_CALL.value, MessageStatus.FAILED.value]
PIPELINE: list[Document] = [
    {
        "$match": {
            "operationType": {"$in": ["insert", "replace"]},
            "$or": [
                {"ns.coll": {"$in": ["matches", "sessions"]}},
                {"ns.coll": "messages", "fullDocument.state.status": {"$in": TO_SEE_TO}},
            ],
        }
    },
    {
        "$project": {
            "ns.coll": 1,
            "documentKey": 1,
            **{
                f"fullDocument.{each}": 1
                for each in ("hub", "sequence", "state.title", "state.status", *DOERS)
            },
        }
    },
]
"""A few fields: a match of 200 people would else be sent to each replica whole."""


class MongoNews:
    """See ports.NewsSource. An account that may read the database may follow it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._token: Mapping[str, Any] | None = None

    async def news(self) -> AsyncIterator[News | None]:
        """See ports.NewsSource."""
        try:
            async with self._database.watch(
                PIPELINE, resume_after=self._token, max_await_time_ms=WAIT_MILLISECONDS
            ) as stream:
                is_new = self._token is None
                while True:
                    change = await stream.try_next()
                    self._token = stream.resume_token
                    if is_new:
                        yield None
                        is_new = False
                    if change is not None:
                        yield _news(change)
        except PyMongoError as error:
            if isinstance(error, OperationFailure):
                self._token = None  # where it broke off is not known any more
            raise UnavailableError("the change stream ended") from error


def _news(change: Mapping[str, Any]) -> News:
    document = change["fullDocument"]
    state = document.get("state", {})
    doers = (_at(document, each) for each in DOERS)
    return News(
        kind=KINDS[change["ns"]["coll"]],
        id=change["documentKey"]["_id"],
        hub=document["hub"],
        title=state.get("title", ""),
        status=state.get("status", ""),
        sequence=document.get("sequence", 0),
        by=next((who for who in doers if who), None),
    )


def _at(document: Mapping[str, Any], path: str) -> str | None:
    first, _, rest = path.partition(".")
    found = document.get(first)
    return _at(found, rest) if rest and found else found
