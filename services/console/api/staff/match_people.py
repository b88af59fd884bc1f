"""One person of a match, on a page of their own: staff change for them how the panel is drawn."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.decisions import DecisionPages
from services.console.ports import MatchView, Right
from services.console.queries import own
from services.console.use_cases.decisions import MAY_CHANGE
from services.console.use_cases.match_people import MatchPerson, people_of_match
from services.console.use_cases.person_changes import Wanted, change_person
from shared.contracts.matches import ExclusionReason, PersonChange

PersonChoice = Literal["pin", "ask_again"] | ExclusionReason


class MatchPersonPages:
    """`/matches/{match_id}/people/{person_id}`: what may be changed for a person of the match."""

    def __init__(self, parts: Parts, pages: Pages, matches: DecisionPages) -> None:
        self._parts = parts
        self._pages = pages
        self._matches = matches

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        router = APIRouter(
            prefix="/matches/{match_id}/people/{person_id}",
            include_in_schema=False,
            dependencies=for_staff(self._parts, Right.ACT),
        )
        router.add_api_route("", self.show, methods=["GET"])
        router.add_api_route("", self.change, methods=["POST"])
        return router

    async def show(self, request: Request, match_id: str, person_id: str) -> Response:
        """Show how the person stands, and what may be changed."""
        return await self._page(request, match_id, person_id)

    async def change(
        self,
        request: Request,
        match_id: str,
        person_id: str,
        sequence: Annotated[int, Form()],
        choice: Annotated[PersonChoice | Literal[""], Form()] = "",
    ) -> Response:
        """Have the match that was shown drawn again with a change for the person."""
        if not choice:
            return await self._page(request, match_id, person_id, nothing_chosen=True)
        known, facts = self._parts.known, self._parts.facts
        asked = self._matches.asked(request, match_id, sequence)
        work = partial(change_person, asked, _wanted(person_id, choice), known, facts)
        return await self._matches.done(request, match_id, work)

    async def _page(
        self, request: Request, match_id: str, person_id: str, *, nothing_chosen: bool = False
    ) -> Response:
        staff, known = staff_of(request), self._parts.known
        match = own(await known.matches.get(match_id), staff.hubs)
        always = match.hub in self._parts.options.named_before_yes
        person = (await people_of_match(match, known, always_named=always)).find(person_id)
        return self._pages.show(
            request,
            "staff/match_person.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if nothing_chosen else HTTPStatus.OK,
            staff=staff,
            match=match,
            person=person,
            stands=_stands(match, person),
            may=person.may if _is_open(match) else frozenset(),
            reasons=tuple(ExclusionReason),
            nothing_chosen=nothing_chosen,
        )


def _is_open(match: MatchView) -> bool:
    """Whether the match still waits for a decision."""
    return match.decided_by is None and match.held is None and match.state.status in MAY_CHANGE


def _stands(match: MatchView, person: MatchPerson) -> str:
    """Return how the draw left the person: on the `panel`, in `reserve`, or `not_drawn`."""
    if person.member is None:
        return "not_drawn"
    return "panel" if person.member in match.state.panel else "reserve"


def _wanted(person_id: str, choice: PersonChoice) -> Wanted:
    """Return what was chosen; who is left out is left out for a reason."""
    if isinstance(choice, ExclusionReason):
        return Wanted(person_id=person_id, change=PersonChange.EXCLUDE, reason=choice)
    return Wanted(person_id=person_id, change=PersonChange(choice))
