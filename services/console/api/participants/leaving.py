"""A person leaves the collaborative, or has it forget them altogether.

To be forgotten cannot be undone: it goes only by the link that is sent to the person alone, for the
message of an invitation may have been passed on.
"""

from functools import partial
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import BY_LINK
from services.console.api.participants.doorway import Doorway
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.use_cases.own_details import (
    ask_erasure,
    is_erasure_asked,
    leave_from_details,
    newest_invitation,
)
from shared.errors import NotFoundError
from shared.periods import span

LEAVE = "participants/leave.html"
FORGET = "participants/forget.html"


class LeavingPages:
    """`/d/{token}/leave` and `/d/{token}/forget`.

    To leave by the link of an invitation is one of the answers to it, see InvitationPages.
    """

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._doorway = Doorway(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = APIRouter(include_in_schema=False)
        for path, method, page in (
            ("/d/{token}/leave", "GET", self.ask_whether_to_leave),
            ("/d/{token}/leave", "POST", self.leave),
            ("/d/{token}/forget", "GET", self.ask_whether_to_forget),
            ("/d/{token}/forget", "POST", self.forget),
        ):
            router.add_api_route(path, page, methods=[method], dependencies=BY_LINK)
        return router

    async def ask_whether_to_leave(self, request: Request, token: str) -> Response:
        """Say what leaving means before it is done."""
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        newest = await newest_invitation(way.who, self._parts.known)
        stands = "left" if newest and newest.left else ""
        kept = span(self._parts.options.kept_left_days)
        return self._pages.show(request, LEAVE, base=way.base, stands=stands, kept=kept)

    async def leave(self, request: Request, token: str) -> Response:
        """Take the person's leave."""
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        known, facts = self._parts.known, self._parts.facts
        try:
            await self._parts.change(partial(leave_from_details, way.who, known, facts))
        except NotFoundError:
            return self._doorway.unknown(request)
        return RedirectResponse(f"{way.base}/leave", HTTPStatus.SEE_OTHER)

    async def ask_whether_to_forget(self, request: Request, token: str) -> Response:
        """Say what being forgotten means before it is done, and afterwards that it is."""
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        asked = await is_erasure_asked(way.who, self._parts.known)
        return self._pages.show(request, FORGET, base=way.base, asked=asked)

    async def forget(self, request: Request, token: str) -> Response:
        """Have the person forgotten."""
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        known, facts = self._parts.known, self._parts.facts
        try:
            await self._parts.change(partial(ask_erasure, way.who, known, facts))
        except NotFoundError:
            return self._doorway.unknown(request)
        return RedirectResponse(f"{way.base}/forget", HTTPStatus.SEE_OTHER)
