"""Due work that was given up: told by its ids, and handed back to the worker when asked."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from shared.due import OFTEN
from shared.mongo import Database, Document
from shared.operator_doors import RESPONSES, OperatorDoor
from shared.transaction import NEVER

MOST = 1000
"""How many rows of one collection are told at once."""
GIVEN_UP = {"failed": {"$ne": None}}
NOT_ASKED = "Name the collection and the id of one piece of work, or neither for all."
TRIED_OFTEN = {"failed": None, "tries": {"$gte": OFTEN}}


class FailedRow(BaseModel):
    """One piece of work; `tries` counts the passing failures before. Nothing about a person."""

    model_config = ConfigDict(frozen=True)

    collection: str
    id: str
    due_at: datetime
    failed_at: datetime | None
    error_code: str
    tries: int


class RetryAsked(BaseModel):
    """What is to be tried again: one piece of work by collection and id, or all (neither)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    collection: Annotated[str, Field(min_length=1)] | None = None
    id: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _names_one_or_all(self) -> Self:
        if (self.collection is None) != (self.id is None):
            raise ValueError("name the collection and the id, or neither for all")
        return self


class Retried(BaseModel):
    """How many pieces of work are to be tried again."""

    retried: int


class FailedWork:
    """The given-up rows of one service's collections. Raises PyMongoError."""

    def __init__(self, database: Database, collections: Sequence[str]) -> None:
        self._database = database
        self._collections = collections

    async def count(self) -> int:
        """Count them, at most `MOST` a collection."""
        return await self._count(GIVEN_UP)

    async def count_tried_often(self) -> int:
        """Count what is not given up but was put off `OFTEN` times or more, at most as many."""
        return await self._count(TRIED_OFTEN)

    async def _count(self, query: Mapping[str, Any]) -> int:
        counts = [
            await self._database[name].count_documents(query, limit=MOST)
            for name in self._collections
        ]
        return sum(counts)

    async def listed(self) -> list[FailedRow]:
        """Return them, by collection and then by the time they were due, at most `MOST` each."""
        found: list[FailedRow] = []
        for name in self._collections:
            cursor = self._database[name].find(GIVEN_UP, sort=[("at", ASCENDING)], limit=MOST)
            found += [_told(name, row) for row in await cursor.to_list(MOST)]
        return found

    async def retry(self, asked: RetryAsked) -> int:
        """Let the worker take it up as if it was just asked for; return how many rows that is."""
        meant = GIVEN_UP if asked.id is None else {"_id": asked.id, **GIVEN_UP}
        fresh = {"failed": None, "tries": 0, "lease": NEVER, "asked": uuid4().hex}
        counts = [
            (await self._database[name].update_many(meant, {"$set": fresh})).modified_count
            for name in self._collections
            if asked.collection in {None, name}
        ]
        return sum(counts)


def _told(collection: str, row: Document) -> FailedRow:
    return FailedRow(
        collection=collection,
        id=row["_id"],
        due_at=row["at"],
        failed_at=row.get("failed_at"),
        error_code=row["failed"],
        tries=row["tries"],
    )


class QuietRoute(APIRoute):
    """Refuses a body without repeating it: FastAPI's own answer does, and NaN breaks it."""

    refusal: ClassVar[str] = NOT_ASKED

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                raise HTTPException(422, self.refusal) from None

        return answer


def failed_work_router(failed_work: FailedWork, door: OperatorDoor) -> APIRouter:
    """Return `/failed-work` and `/failed-work/retry`; they answer 503 while MongoDB is away."""
    responses: dict[int | str, dict[str, Any]] = {
        **RESPONSES,
        503: {"description": "MongoDB is away"},
    }
    router = APIRouter(
        tags=["operations"],
        dependencies=[Depends(door)],
        route_class=QuietRoute,
        responses=responses,
    )

    @router.get("/failed-work")
    async def listed() -> list[FailedRow]:
        try:
            return await failed_work.listed()
        except PyMongoError:
            raise HTTPException(503, "MongoDB is away") from None

    @router.post("/failed-work/retry", responses={422: {"description": NOT_ASKED}})
    async def retry(asked: RetryAsked) -> Retried:
        try:
            return Retried(retried=await failed_work.retry(asked))
        except PyMongoError:
            raise HTTPException(503, "MongoDB is away") from None

    return router
