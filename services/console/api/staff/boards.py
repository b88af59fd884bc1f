"""Sessions as a board by what they need, and as a calendar."""

from enum import StrEnum
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.months import typed_month
from services.console.ports import SessionView
from services.console.queries.board import board_of, month_in
from services.console.use_cases.attendance import NOTED_FOR, can_be_noted, expected
from shared.deadlines import today


class SessionsAs(StrEnum):
    """How the page of all sessions shows them."""

    LIST = "list"
    BOARD = "board"
    CALENDAR = "calendar"


class SessionBoards:
    """`/sessions?view=board` and `/sessions?view=calendar`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    async def board(self, request: Request) -> Response:
        """Show sessions by what they need."""
        staff, now = staff_of(request), self._parts.facts.now()
        board = await board_of(
            self._parts.known, staff.hubs, now, back=NOTED_FOR, is_to_note=self._is_to_note
        )
        return self._pages.show(request, "staff/sessions_board.html", staff=staff, board=board)

    async def calendar(self, request: Request, month: str) -> Response:
        """Show a month of sessions, this one by default."""
        staff, now = staff_of(request), self._parts.facts.now()
        first, fault = typed_month(month, now)
        return self._pages.show(
            request,
            "staff/sessions_calendar.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            staff=staff,
            month=await month_in(first, self._parts.known, staff.hubs),
            today=today(now),
            typed=month,
            fault=fault,
        )

    def _is_to_note(self, session: SessionView) -> bool:
        """Whether nobody noted yet who came of those who were expected."""
        known = any(each.attended is not None for each in session.state.attendees)
        can = can_be_noted(session, self._parts.facts.now())
        return can and not known and not session.notes and bool(expected(session))
