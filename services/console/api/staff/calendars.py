"""Links to calendars: staff make them, see who did, and revoke them."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.feeds import title
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import Right
from services.console.queries import calendars_to_show, find_shown
from services.console.use_cases.calendar_links import make_link, new_token, revoke_link


class CalendarPages:
    """`/calendars`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(prefix="/calendars", include_in_schema=False)
        router.add_api_route("", self.links, methods=["GET"], dependencies=act)
        router.add_api_route("", self.make, methods=["POST"], dependencies=act)
        router.add_api_route("/{link_id}/revoke", self.revoke, methods=["POST"], dependencies=act)
        return router

    async def links(self, request: Request) -> Response:
        """List the links there are, and offer to make one."""
        return await self._page(request)

    async def make(self, request: Request, shown: Annotated[str, Form()] = "") -> Response:
        """Make a link and show it: this once, for only its digest is kept."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        wanted = await find_shown(shown, known, staff.hubs, facts.now())
        token = new_token()
        await self._parts.change(partial(make_link, wanted, token, staff, known, facts))
        address = f"{self._parts.options.origin}/calendar/{token}.ics"
        return await self._page(request, address=address, made=title(wanted))

    async def revoke(self, request: Request, link_id: str) -> Response:
        """Make a link worthless."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        await self._parts.change(partial(revoke_link, link_id, staff, known, facts))
        return RedirectResponse("/calendars", HTTPStatus.SEE_OTHER)

    async def _page(self, request: Request, **made: Any) -> Response:
        staff, known = staff_of(request), self._parts.known
        can_show = await calendars_to_show(known, staff.hubs, self._parts.facts.now())
        links = await known.calendar_links.of_hubs(staff.hubs)
        return self._pages.show(
            request,
            "staff/calendars.html",
            staff=staff,
            choices={each.key: title(each) for each in can_show},
            links=[(each, title(each.shown)) for each in links],
            **made,
        )
