"""What staff look at: matches, sessions, messages, engagements."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.boards import SessionBoards, SessionsAs
from services.console.ports import LIST_LIMIT, Asked, Right, View, Views
from services.console.ports.search import LONGEST, words_in
from services.console.queries import before_each, own
from services.console.use_cases.attendance import can_be_noted
from services.console.use_cases.naming import names_of_recipients, naming_of
from services.console.use_cases.session_directions import can_be_called_off
from shared.errors import AppError

PAGE_ROWS = 50
PAGES_COUNTED = 40
"""So many pages after the one that is shown: all of a hub's messages take longer than the page."""
PageNumber = Annotated[int, Query(le=LIST_LIMIT)]
"""Which page of a list: no list has as many, and MongoDB takes no number that is much larger."""
STATUSES: Mapping[str, tuple[str, ...]] = {
    "matches": ("proposed", "short", "approved", "sent_back", "cancelled"),
    "sessions": ("announced", "unscheduled", "cancelled"),
    "messages": ("sent", "delivered", "to_call", "failed", "queued"),
    "engagements": ("open", "cancelled"),
}
"""By which statuses each list can be filtered."""

V = TypeVar("V", bound=View)


class UnknownFilterError(AppError):
    """A list is to be filtered by a status that it has not."""

    code = "unknown-filter"


@dataclass(frozen=True, slots=True)
class NeedsRefused:
    """What staff wrote to accept needs, and what is wrong with it by its field; or it `moved`."""

    needs: Collection[str]
    wording: str
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """Whether nothing is wrong but that the session is not as it was seen."""
        return not self.faults

    @property
    def status(self) -> HTTPStatus:
        """What the page with it is answered with."""
        return HTTPStatus.CONFLICT if self.moved else HTTPStatus.UNPROCESSABLE_ENTITY


class StaffPages:
    """The lists, and a page for each session and engagement."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._known = parts.known
        self._pages = pages
        self._boards = SessionBoards(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        identify = for_staff(self._parts, Right.IDENTIFY)
        look = for_staff(self._parts, Right.LOOK)
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/matches", self.matches, dependencies=look)
        router.add_api_route("/sessions", self.sessions, dependencies=look)
        router.add_api_route("/messages", self.messages, dependencies=identify)
        router.add_api_route("/engagements", self.engagements, dependencies=look)
        router.add_api_route("/sessions/{session_id}", self.session, dependencies=look)
        router.add_api_route("/engagements/{engagement_id}", self.engagement, dependencies=look)
        return router

    async def matches(
        self, request: Request, status: str = "", page: PageNumber = 1, q: str = ""
    ) -> Response:
        """List matches."""
        return await self._list(request, "matches", self._known.matches, status, page, q)

    async def sessions(
        self,
        request: Request,
        status: str = "",
        page: PageNumber = 1,
        view: SessionsAs = SessionsAs.LIST,
        month: str = "",
        q: str = "",
    ) -> Response:
        """List sessions, or show them as a board or a calendar."""
        if view is SessionsAs.BOARD:
            return await self._boards.board(request)
        if view is SessionsAs.CALENDAR:
            return await self._boards.calendar(request, month)
        return await self._list(request, "sessions", self._known.sessions, status, page, q)

    async def messages(self, request: Request, status: str = "", page: PageNumber = 1) -> Response:
        """List messages."""
        found = await self._listed(request, "messages", self._known.messages, status, page)
        named = self._parts.options.named_before_yes
        names = await names_of_recipients(found["rows"], self._known, named_before_yes=named)
        before = await before_each(found["rows"], self._known)
        return self._pages.show(request, "staff/messages.html", **found, names=names, before=before)

    async def engagements(
        self, request: Request, status: str = "", page: PageNumber = 1, q: str = ""
    ) -> Response:
        """List engagements."""
        return await self._list(request, "engagements", self._known.engagements, status, page, q)

    async def session(self, request: Request, session_id: str, noted: str = "") -> Response:
        """Show who answered what."""
        return await self.session_page(request, session_id, noted=noted == "yes")

    async def session_page(
        self,
        request: Request,
        session_id: str,
        *,
        noted: bool = False,
        refused: NeedsRefused | None = None,
    ) -> Response:
        """Return the page; `refused` is what was written to accept needs, and what is wrong."""
        staff = staff_of(request)
        session = own(await self._known.sessions.get(session_id), staff.hubs)
        may_act = staff.may(Right.ACT, session.hub)
        engagement_id = str(session.state.engagement_id)
        always = session.hub in self._parts.options.named_before_yes
        naming = await naming_of(engagement_id, session.hub, self._known, always=always)
        return self._pages.show(
            request,
            "staff/session.html",
            status_code=refused.status if refused else HTTPStatus.OK,
            refused=refused,
            staff=staff,
            session=session,
            naming=naming,
            may_act=may_act,
            may_identify=staff.may(Right.IDENTIFY, session.hub),
            can_cancel=may_act and can_be_called_off(session, self._parts.facts),
            can_note=may_act and can_be_noted(session, self._parts.facts.now()),
            noted=noted,
        )

    async def engagement(self, request: Request, engagement_id: str) -> Response:
        """Show what a partner asks for, and what came of it."""
        return await self.engagement_page(request, engagement_id)

    async def engagement_page(
        self, request: Request, engagement_id: str, *, refused: str | None = None
    ) -> Response:
        """Return the page; `refused` is what was given as the address of a film and is none."""
        staff = staff_of(request)
        engagement = own(await self._known.engagements.get(engagement_id), staff.hubs)
        about = Asked(hubs=staff.hubs, engagement_id=engagement_id, oldest_first=True)
        return self._pages.show(
            request,
            "staff/engagement.html",
            status_code=HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY,
            film=await self._known.films.get(engagement_id),
            refused=refused,
            announced=await self._known.announced.listed(about),
            draws=await self._known.draws.listed(about),
            staff=staff,
            engagement=engagement,
            may_act=staff.may(Right.ACT, engagement.hub),
            matches=await self._known.matches.rows(about),
            sessions=await self._known.sessions.listed(about),
        )

    async def _list(
        self, request: Request, name: str, views: Views[V], status: str, page: int, q: str
    ) -> Response:
        found = await self._listed(request, name, views, status, page, q)
        return self._pages.show(request, f"staff/{name}.html", **found)

    async def _listed(
        self, request: Request, name: str, views: Views[V], status: str, page: int, q: str = ""
    ) -> dict[str, Any]:
        if status and status not in STATUSES[name]:
            raise UnknownFilterError("no such status")
        staff, page = staff_of(request), max(1, page)
        asked = Asked(
            hubs=staff.hubs,
            statuses=(status,) if status else (),
            words=words_in(q[:LONGEST]),
            limit=PAGE_ROWS,
            skip=(page - 1) * PAGE_ROWS,
        )
        most = (page + PAGES_COUNTED) * PAGE_ROWS
        read = self._known.matches.rows if name == "matches" else views.listed
        rows, total = await asyncio.gather(read(asked), views.how_many(asked, at_most=most))
        return {
            "staff": staff,
            "statuses": STATUSES[name],
            "rows": rows,
            "total": total,
            "most": most,
            "chosen": status,
            "q": q.strip()[:LONGEST],
            "page": page,
            "page_rows": PAGE_ROWS,
        }
