"""The page on which staff note who came to a session."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import Right, SessionView
from services.console.queries import own
from services.console.use_cases.attendance import (
    HoursError,
    Noted,
    are_hours,
    can_be_noted,
    expected,
    note_attendance,
    others,
    place_id,
    usual_hours,
)
from services.console.use_cases.naming import naming_of

NOT_HOURS = "Enter hours in quarters, such as 1.25, and no more than 12"


@dataclass(frozen=True, slots=True)
class Typed:
    """Who is ticked, and the hours as they stand beside people; `wrong` are whose are none."""

    came: frozenset[str]
    hours: Mapping[str, str]
    wrong: frozenset[str] = frozenset()


class AttendancePages:
    """`/sessions/{session_id}/attendance`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(prefix="/sessions", include_in_schema=False)
        router.add_api_route(
            "/{session_id}/attendance", self.ask, methods=["GET"], dependencies=act
        )
        router.add_api_route(
            "/{session_id}/attendance", self.take, methods=["POST"], dependencies=act
        )
        return router

    async def ask(self, request: Request, session_id: str) -> Response:
        """Show who was expected, as it was noted so far."""
        session = await self._session(request, session_id)
        came = [each for each in session.state.attendees if each.attended]
        hours = {
            place_id(session, each): f"{each.hours or usual_hours(session):g}" for each in came
        }
        return await self._form(request, session, Typed(frozenset(hours), hours))

    async def take(self, request: Request, session_id: str) -> Response:
        """Note who is ticked, with the hours beside them."""
        form = await request.form()
        session = await self._session(request, session_id)
        typed = Typed(frozenset(map(str, form.getlist("came"))), _hours_in(form))
        came = {who: _hours(typed.hours.get(who, "")) for who in typed.came}
        people = {place_id(session, one): one for one in session.state.attendees}
        hours = {str(people[at].participant_id): each for at, each in came.items() if at in people}
        noted = Noted(session_id, hours, staff_of(request))
        try:
            known, facts = self._parts.known, self._parts.facts
            await self._parts.change(partial(note_attendance, noted, known, facts))
        except HoursError:
            wrong = frozenset(at for at, each in came.items() if not are_hours(each))
            return await self._form(request, session, replace(typed, wrong=wrong))
        return RedirectResponse(f"/sessions/{session_id}?noted=yes", HTTPStatus.SEE_OTHER)

    async def _session(self, request: Request, session_id: str) -> SessionView:
        return own(await self._parts.known.sessions.get(session_id), staff_of(request).hubs)

    async def _form(self, request: Request, session: SessionView, typed: Typed) -> Response:
        engagement_id = str(session.state.engagement_id)
        always = session.hub in self._parts.options.named_before_yes
        return self._pages.show(
            request,
            "staff/attendance.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if typed.wrong else HTTPStatus.OK,
            staff=staff_of(request),
            session=session,
            can=can_be_noted(session, self._parts.facts.now()),
            expected=expected(session),
            others=others(session),
            typed=typed,
            place_of=partial(place_id, session),
            usual=f"{usual_hours(session):g}",
            not_hours=NOT_HOURS,
            naming=await naming_of(engagement_id, session.hub, self._parts.known, always=always),
        )


def _hours_in(form: FormData) -> dict[str, str]:
    """Return what stands beside each person, ticked or not."""
    prefix = "hours-"
    return {
        name.removeprefix(prefix): str(text)
        for name, text in form.items()
        if name.startswith(prefix)
    }


def _hours(text: str) -> float:
    """Return the hours that were entered; 0 for what is no number, which nobody can have come."""
    try:
        return float(text)
    except ValueError:
        return 0.0
