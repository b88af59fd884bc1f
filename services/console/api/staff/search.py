"""Where staff look for something: one field on every page, and people by reference."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.lists import PageNumber
from services.console.ports import Right, hubs_with
from services.console.ports.search import LONGEST, written
from services.console.queries.search import Found, found_for

PAGE_ROWS = 50
MOST_LISTED = 1000


class SearchPages:
    """`/search` and `/people`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        look = for_staff(self._parts, Right.LOOK)
        identify = for_staff(self._parts, Right.IDENTIFY)
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/search", self.search, dependencies=look)
        router.add_api_route("/people", self.people, dependencies=identify)
        return router

    async def search(self, request: Request, q: str = "") -> Response:
        """Show what is found, in groups."""
        staff, known = staff_of(request), self._parts.known
        too_long = len(q) > LONGEST
        people_of = hubs_with(Right.IDENTIFY, staff.roles)
        found = Found() if too_long else await found_for(q, known, staff.hubs, people_of=people_of)
        return self._pages.show(
            request,
            "staff/search.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if too_long else HTTPStatus.OK,
            staff=staff,
            q=q.strip()[:LONGEST],
            too_long=too_long,
            longest=LONGEST,
            found=found,
        )

    async def people(self, request: Request, q: str = "", page: PageNumber = 1) -> Response:
        """List people whose reference begins so; nobody without a beginning."""
        staff, people, page = staff_of(request), self._parts.known.people, max(1, page)
        beginning = written(q[:LONGEST])
        skip = min((page - 1) * PAGE_ROWS, MOST_LISTED)
        rows = (
            await people.called_like(beginning, staff.hubs, limit=PAGE_ROWS, skip=skip)
            if beginning
            else []
        )
        total = (
            await people.how_many_called_like(beginning, staff.hubs, at_most=MOST_LISTED)
            if beginning
            else 0
        )
        return self._pages.show(
            request,
            "staff/people.html",
            staff=staff,
            q=q.strip()[:LONGEST],
            rows=rows,
            total=total,
            most=MOST_LISTED,
            page=page,
            page_rows=PAGE_ROWS,
        )
