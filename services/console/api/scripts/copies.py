"""What `wlc subject-access` asks of the console: to see what every service holds on a person."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.scripts.router import script_router
from services.console.ports import Right
from services.console.use_cases.people import copy_what_is_held


class Permitted(BaseModel):
    """What each service is to be shown, for some minutes."""

    permit: str


class CopyScripts:
    """`POST /v1/people/{participant_id}/copy`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def router(self) -> APIRouter:
        """Return the address."""
        router = script_router()
        router.add_api_route(
            "/people/{participant_id}/copy",
            self.copy,
            methods=["POST"],
            status_code=HTTPStatus.CREATED,
            summary="Permit a copy of all that is held on somebody; it is written down",
            dependencies=for_staff(self._parts, Right.IDENTIFY),
        )
        return router

    async def copy(self, request: Request, participant_id: str) -> Permitted:
        """Write it down, and give the permit, which an operator shows to each service."""
        parts, staff = self._parts, staff_of(request)
        await parts.change(
            partial(copy_what_is_held, participant_id, staff, parts.known, parts.facts)
        )
        return Permitted(permit=parts.permits.permit(UUID(participant_id), parts.facts.now()))
