"""The start page: what needs whoever looks, now."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import Right
from services.console.queries.start import what_needs_me


class StartPage:
    """`/`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the address, open to staff only."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/", self.show, dependencies=for_staff(self._parts, Right.LOOK))
        return router

    async def show(self, request: Request) -> Response:
        """Show what is to be done first, then figures."""
        staff, now = staff_of(request), self._parts.facts.now()
        start = await what_needs_me(self._parts.known, self._parts.dead_letters, staff.roles, now)
        return self._pages.show(request, "staff/start.html", staff=staff, start=start, now=now)
