"""The form of what a person needs: filled in by them, or by staff who rang them."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import BY_LINK, for_staff, staff_of
from services.console.api.participants.doorway import UNKNOWN, Doorway
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import InvitationView, Right
from services.console.use_cases.calls import find_call, take_needs_by_phone
from services.console.use_cases.needs import (
    MAY_NEED,
    MeetingNeed,
    Said,
    give_needs,
    needs_that_stand,
)
from services.console.use_cases.replies import TooLateError, standing
from services.console.use_cases.sign_in import Visitor
from shared.committer import Work
from shared.errors import NotFoundError

FORM = "participants/needs.html"
EMPTY = HTTPStatus.UNPROCESSABLE_ENTITY
"""What is answered where nothing is ticked."""


class Ticked(BaseModel):
    """What is ticked on the form."""

    need: tuple[MeetingNeed, ...] = ()
    call_me: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said by it."""
        return not self.need and not self.call_me


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the form lies, and who fills it in."""

    action: str
    back: str
    staff: Visitor | None = None


class NeedsPages:
    """`/i/{token}/needs` and `/calls/{message_id}/needs`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._doorway = Doorway(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses: one for whoever has the link, one for staff."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(include_in_schema=False)
        for path, ask, take, rule in (
            ("/i/{token}/needs", self.ask, self.take, BY_LINK),
            ("/calls/{message_id}/needs", self.ask_by_phone, self.take_by_phone, act),
        ):
            router.add_api_route(path, ask, methods=["GET"], dependencies=rule)
            router.add_api_route(path, take, methods=["POST"], dependencies=rule)
        return router

    async def ask(self, request: Request, token: str) -> Response:
        """Show the form, with what was ticked before."""
        found = await self._doorway.invitation(request, token)
        if isinstance(found, Response):
            return found
        return await self._form(request, UUID(found.id), _of_link(token))

    async def take(
        self, request: Request, token: str, ticked: Annotated[Ticked, Form()]
    ) -> Response:
        """Take what was ticked."""
        found = await self._doorway.invitation(request, token)
        if isinstance(found, Response):
            return found
        invitation_id, sheet = UUID(found.id), _of_link(token)
        if ticked.is_empty:
            return await self._form(request, invitation_id, sheet, EMPTY)
        known, facts = self._parts.known, self._parts.facts
        work = partial(give_needs, invitation_id, Said(ticked.need, ticked.call_me), known, facts)
        return await self._taken(request, invitation_id, work, sheet)

    async def ask_by_phone(self, request: Request, message_id: str) -> Response:
        """Show staff the form while they ring."""
        staff = staff_of(request)
        call = await find_call(message_id, staff, self._parts.known)
        return await self._form(request, call.state.invitation_id, _of_call(message_id, staff))

    async def take_by_phone(
        self, request: Request, message_id: str, ticked: Annotated[Ticked, Form()]
    ) -> Response:
        """Take what the person said; the call goes on."""
        staff, known = staff_of(request), self._parts.known
        call = await find_call(message_id, staff, known)
        sheet = _of_call(message_id, staff)
        if ticked.is_empty:
            return await self._form(request, call.state.invitation_id, sheet, EMPTY)
        said = Said(ticked.need, ticked.call_me, by_phone=True)
        work = partial(take_needs_by_phone, message_id, said, staff, known, self._parts.facts)
        return await self._taken(request, call.state.invitation_id, work, sheet)

    async def _taken(
        self, request: Request, invitation_id: UUID | None, work: Work, sheet: Sheet
    ) -> Response:
        try:
            await self._parts.change(work)
        except (TooLateError, NotFoundError) as error:
            status = HTTPStatus.CONFLICT if isinstance(error, TooLateError) else None
            return await self._form(request, invitation_id, sheet, status)
        return RedirectResponse(sheet.back, HTTPStatus.SEE_OTHER)

    async def _form(
        self,
        request: Request,
        invitation_id: UUID | None,
        sheet: Sheet,
        status: HTTPStatus | None = None,
    ) -> Response:
        invitation = await self._invitation(invitation_id)
        if invitation is None:
            return self._pages.show(request, UNKNOWN, status_code=HTTPStatus.NOT_FOUND)
        return self._pages.show(
            request,
            FORM,
            status_code=status or HTTPStatus.OK,
            staff=sheet.staff,
            nothing_ticked=status is EMPTY,
            action=sheet.action,
            back=sheet.back,
            invitation=invitation.state,
            asked=tuple(MeetingNeed),
            given=await needs_that_stand(invitation, self._parts.known),
            call_me=invitation.call_me,
            may=standing(invitation, self._parts.facts.now()) in MAY_NEED,
        )

    async def _invitation(self, invitation_id: UUID | None) -> InvitationView | None:
        if invitation_id is None:
            return None
        return await self._parts.known.invitations.get(str(invitation_id))


def _of_link(token: str) -> Sheet:
    return Sheet(f"/i/{token}/needs", f"/i/{token}")


def _of_call(message_id: str, staff: Visitor) -> Sheet:
    return Sheet(f"/calls/{message_id}/needs", f"/calls/{message_id}", staff)
