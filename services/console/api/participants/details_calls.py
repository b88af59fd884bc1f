"""Staff go through a person's details with them on the telephone, because the person asked."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.participants.details_form import DetailsForm
from services.console.api.participants.details_sheet import DetailsSheet, Found, Place
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import MessageView, Right
from services.console.use_cases.audit import noted
from services.console.use_cases.calls import find_call
from services.console.use_cases.sign_in import Visitor
from shared.changes import Changes
from shared.errors import NotFoundError

KIND = "details-link"


class DetailsCallPages:
    """`/calls/{details_call_id}/details`: of a call that the person asked for about just this.

    Each look is written into the audit trail first.
    """

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._sheet = DetailsSheet(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(prefix="/calls/{details_call_id}/details", include_in_schema=False)
        router.add_api_route("", self.show, methods=["GET"], dependencies=act)
        router.add_api_route("", self.keep, methods=["POST"], dependencies=act)
        return router

    async def show(self, request: Request, details_call_id: str) -> Response:
        """Show what is known of the person."""
        staff = staff_of(request)
        call, found = await self._found(details_call_id, staff)
        await self._look(call, staff)
        return await self._sheet.show(request, _place(details_call_id, staff), found)

    async def keep(
        self, request: Request, details_call_id: str, form: Annotated[DetailsForm, Form()]
    ) -> Response:
        """Take what the person said; the call goes on."""
        staff = staff_of(request)
        call, found = await self._found(details_call_id, staff)
        row = self._noted(call, staff, "details_taken_by_phone")
        again = await self._sheet.keep(request, _place(details_call_id, staff), found, form, row)
        if again and again.status_code == HTTPStatus.CONFLICT:
            await self._look(call, staff)
        return again or RedirectResponse(f"/calls/{details_call_id}", HTTPStatus.SEE_OTHER)

    async def _found(self, details_call_id: str, staff: Visitor) -> tuple[MessageView, Found]:
        call = await find_call(details_call_id, staff, self._parts.known)
        if call.state.kind != KIND or call.done_by:
            raise NotFoundError("this call is not about the person's details")
        return call, await self._sheet.found(str(call.state.participant_id))

    async def _look(self, call: MessageView, staff: Visitor) -> None:
        async def look() -> Changes:
            return self._noted(call, staff, "looked_at_person")

        await self._parts.change(look)

    def _noted(self, call: MessageView, staff: Visitor, what: str) -> Changes:
        return noted(
            self._parts.known.audit,
            self._parts.facts,
            who=staff.username,
            what=what,
            about=str(call.state.participant_id),
            hub=call.hub,
        )


def _place(details_call_id: str, staff: Visitor) -> Place:
    return Place(f"/calls/{details_call_id}/details", staff)
