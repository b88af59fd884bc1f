"""`POST /v1/audit`: what an operator does with `wlc` is written down before it is done."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.scripts.router import NOT_JSON, script_router
from services.console.ports import OperatorAct, Right
from services.console.use_cases.audit import noted_of_operator

MOST_AT_ONCE = 100
ObjectId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$")]


class ActDone(BaseModel):
    """What an operator is about to do, and to what: ids, and nothing that is about a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: OperatorAct
    about: Annotated[tuple[ObjectId, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class WrittenDown(BaseModel):
    """How many rows were added."""

    rows: int


class ActScripts:
    """`POST /v1/audit`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def router(self) -> APIRouter:
        """Return the address."""
        router = script_router()
        router.add_api_route(
            "/audit",
            self.write_down,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            responses=NOT_JSON,
            dependencies=for_staff(self._parts, Right.OPERATE),
            summary="Write down what an operator is about to do",
        )
        return router

    async def write_down(self, request: Request, act: ActDone) -> WrittenDown:
        """Add a row for each object; leads of your hubs read them."""
        parts, staff = self._parts, staff_of(request)
        await parts.change(
            partial(
                noted_of_operator, act.what, act.about, staff.username, parts.known, parts.facts
            )
        )
        return WrittenDown(rows=len(act.about))
