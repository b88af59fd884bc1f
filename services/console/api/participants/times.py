"""A participant says when they can come, by the link in their message.

Looking changes nothing; only the button does, and pressing it twice is pressing it once.
"""

from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import BY_LINK
from services.console.api.participants.doorway import Doorway
from services.console.api.participants.times_form import (
    DAY_NAMES,
    Shown,
    TimesForm,
    filled_in,
    read,
)
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.use_cases.replies import TooLateError
from services.console.use_cases.times import Given, give_times, known_times
from shared.changes import Changes
from shared.deadlines import today
from shared.errors import NotFoundError

TIMES = "participants/times.html"


class TimesPages:
    """`/i/{token}/times`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._doorway = Doorway(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = APIRouter(prefix="/i", include_in_schema=False)
        router.add_api_route("/{token}/times", self.show, methods=["GET"], dependencies=BY_LINK)
        router.add_api_route("/{token}/times", self.keep, methods=["POST"], dependencies=BY_LINK)
        return router

    async def show(self, request: Request, token: str, *, kept: bool = False) -> Response:
        """Show what is known of when the person can come, to be changed."""
        invitation = await self._doorway.invitation(request, token)
        if isinstance(invitation, Response):
            return invitation
        if invitation.left:
            return self._invited(token)
        known = await known_times(invitation, self._parts.known)
        return self._page(request, token, filled_in(known, self._today), kept=kept)

    async def keep(
        self, request: Request, token: str, form: Annotated[TimesForm, Form()]
    ) -> Response:
        """Take what the person says, or show it again with what is wrong in it."""
        found = await self._doorway.invitation(request, token)
        if isinstance(found, Response):
            return found
        said = read(form, self._today)
        if isinstance(said, Shown):
            return self._page(request, token, said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            await self._parts.change(partial(self._given, UUID(found.id), said))
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return self._invited(token)
        return RedirectResponse(f"/i/{token}/times?kept=yes", HTTPStatus.SEE_OTHER)

    @property
    def _today(self) -> date:
        return today(self._parts.facts.now())

    async def _given(self, invitation_id: UUID, said: Given) -> Changes:
        return await give_times(invitation_id, said, self._parts.known, self._parts.facts)

    def _page(
        self,
        request: Request,
        token: str,
        shown: Shown,
        *,
        kept: bool = False,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        return self._pages.show(
            request,
            TIMES,
            status_code=status,
            token=token,
            shown=shown,
            kept=kept,
            days=DAY_NAMES,
        )

    def _invited(self, token: str) -> Response:
        return RedirectResponse(f"/i/{token}", HTTPStatus.SEE_OTHER)
