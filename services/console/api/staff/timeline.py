"""The page on which staff read what happened to an engagement, step by step."""

from itertools import groupby

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.api import words
from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.lists import PageNumber
from services.console.ports import Right
from services.console.queries import own
from services.console.queries.timeline import timeline_of

PAGE_ROWS = 50


class TimelinePages:
    """`/engagements/{engagement_id}/timeline`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the address, open to staff only."""
        look = for_staff(self._parts, Right.LOOK)
        router = APIRouter(prefix="/engagements", include_in_schema=False)
        router.add_api_route("/{engagement_id}/timeline", self.show, dependencies=look)
        return router

    async def show(self, request: Request, engagement_id: str, page: PageNumber = 1) -> Response:
        """Show what happened by day, the newest first."""
        staff, known, page = staff_of(request), self._parts.known, max(1, page)
        engagement = own(await known.engagements.get(engagement_id), staff.hubs)
        timeline = await timeline_of(engagement, known)
        shown = timeline.happenings[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        by_day = groupby(shown, key=lambda each: each.at.astimezone(words.LONDON).date())
        return self._pages.show(
            request,
            "staff/timeline.html",
            staff=staff,
            engagement=engagement,
            days=[(day, list(of_day)) for day, of_day in by_day],
            messages=timeline.messages,
            total=len(timeline.happenings),
            page=page,
            page_rows=PAGE_ROWS,
        )
