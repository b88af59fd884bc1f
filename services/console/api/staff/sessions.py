"""What staff do with a session: call it off, move it, settle who works there and which needs."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.lists import NeedsRefused, StaffPages
from services.console.ports import Right
from services.console.queries import own
from services.console.use_cases.session_directions import (
    MOST_LETTERS,
    NotWrittenError,
    Seen,
    SessionMovedOnError,
    accept_needs,
    call_off,
    can_be_called_off,
    change_support,
    move,
)

FAULTS = {
    "need": ("need-1", "Tick the need that will not be met"),
    "short": ("wording", "Write why it will not be met: a sentence, not a word"),
    "long": ("wording", f"Write {MOST_LETTERS} letters and signs at most"),
}
"""What can be wrong with what is written: the field, and what is said at it."""


class SessionPages:
    """`/sessions/{session_id}/` `cancel`, `move`, `needs`, `support`."""

    def __init__(self, parts: Parts, pages: Pages, staff_pages: StaffPages) -> None:
        self._parts = parts
        self._pages = pages
        self._staff_pages = staff_pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(prefix="/sessions", include_in_schema=False)
        router.add_api_route(
            "/{session_id}/cancel", self.ask_whether_to_cancel, methods=["GET"], dependencies=act
        )
        router.add_api_route(
            "/{session_id}/cancel", self.cancel, methods=["POST"], dependencies=act
        )
        router.add_api_route("/{session_id}/move", self.move, methods=["POST"], dependencies=act)
        router.add_api_route(
            "/{session_id}/needs", self.accept_needs, methods=["POST"], dependencies=act
        )
        router.add_api_route(
            "/{session_id}/support", self.change_support, methods=["POST"], dependencies=act
        )
        return router

    async def ask_whether_to_cancel(self, request: Request, session_id: str) -> Response:
        """Say what calling it off means before it is done."""
        staff = staff_of(request)
        session = own(await self._parts.known.sessions.get(session_id), staff.hubs)
        can = can_be_called_off(session, self._parts.facts)
        return self._pages.show(
            request, "staff/cancel_session.html", staff=staff, session=session, can=can
        )

    async def cancel(
        self, request: Request, session_id: str, calendar_sequence: Annotated[int, Form()]
    ) -> Response:
        """Have it cancelled, as it was seen."""
        seen = _seen(request, session_id, calendar_sequence)
        await self._parts.change(partial(call_off, seen, self._parts.known, self._parts.facts))
        return _back(session_id)

    async def move(
        self, request: Request, session_id: str, calendar_sequence: Annotated[int, Form()]
    ) -> Response:
        """Have another time found for it."""
        seen = _seen(request, session_id, calendar_sequence)
        await self._parts.change(partial(move, seen, self._parts.known, self._parts.facts))
        return _back(session_id)

    async def accept_needs(
        self,
        request: Request,
        session_id: str,
        calendar_sequence: Annotated[int, Form()],
        need: Annotated[list[str] | None, Form()] = None,
        wording: Annotated[str, Form()] = "",
    ) -> Response:
        """Accept in writing that needs will not be met."""
        seen, known = _seen(request, session_id, calendar_sequence), self._parts.known
        work = partial(accept_needs, seen, need or [], wording, known, self._parts.facts)
        try:
            await self._parts.change(work)
        except SessionMovedOnError:
            refused = NeedsRefused(need or [], wording)
            return await self._staff_pages.session_page(request, session_id, refused=refused)
        except NotWrittenError as error:
            faults = dict(FAULTS[each] for each in error.faults)
            refused = NeedsRefused(need or [], wording, faults)
            return await self._staff_pages.session_page(request, session_id, refused=refused)
        return _back(session_id)

    async def change_support(
        self,
        request: Request,
        session_id: str,
        calendar_sequence: Annotated[int, Form()],
        resource_id: Annotated[str, Form()],
        cannot_come: Annotated[bool, Form()],
    ) -> Response:
        """Note that somebody who works there cannot come, or can again."""
        seen, known = _seen(request, session_id, calendar_sequence), self._parts.known
        facts = self._parts.facts
        work = partial(change_support, seen, resource_id, known, facts, cannot_come=cannot_come)
        await self._parts.change(work)
        return _back(session_id)


def _seen(request: Request, session_id: str, calendar_sequence: int) -> Seen:
    return Seen(session_id=session_id, calendar_sequence=calendar_sequence, staff=staff_of(request))


def _back(session_id: str) -> Response:
    return RedirectResponse(f"/sessions/{session_id}", HTTPStatus.SEE_OTHER)
