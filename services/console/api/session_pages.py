"""What staff do with a session: they call it off."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import Access, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.queries import own
from services.console.use_cases.session_orders import Seen, call_off, can_be_called_off


class SessionPages:
    """`/sessions/{session_id}/cancel`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        staff_only = [Depends(Access(self._parts))]
        router = APIRouter(prefix="/sessions", include_in_schema=False, dependencies=staff_only)
        router.add_api_route("/{session_id}/cancel", self.ask_whether_to_cancel, methods=["GET"])
        router.add_api_route("/{session_id}/cancel", self.cancel, methods=["POST"])
        return router

    async def ask_whether_to_cancel(self, request: Request, session_id: str) -> Response:
        """Say what calling it off means before it is done."""
        staff = staff_of(request)
        session = own(await self._parts.known.sessions.get(session_id), staff.hubs)
        can = can_be_called_off(session, self._parts.facts)
        return self._pages.show(
            request, "cancel_session.html", staff=staff, session=session, can=can
        )

    async def cancel(
        self, request: Request, session_id: str, calendar_sequence: Annotated[int, Form()]
    ) -> Response:
        """Have it cancelled, as it was seen."""
        seen = Seen(
            session_id=session_id, calendar_sequence=calendar_sequence, staff=staff_of(request)
        )
        await self._parts.change(partial(call_off, seen, self._parts.known, self._parts.facts))
        return RedirectResponse(f"/sessions/{session_id}", HTTPStatus.SEE_OTHER)
