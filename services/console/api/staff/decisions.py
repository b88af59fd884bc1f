"""The page of a match, on which staff decide."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import Asked, Choice, Right
from services.console.queries import own
from services.console.use_cases.decisions import (
    MAY_APPROVE,
    MAY_CHANGE,
    MAY_SEND_BACK,
    REASONS_TO_APPROVE,
    REASONS_TO_SEND_BACK,
    Decision,
    MatchBeingDrawnError,
    MatchMovedOnError,
    MatchNotOpenError,
    OtherReasonError,
    decide,
)
from services.console.use_cases.held import DecisionGoneError, go_ahead, hold, undo
from services.console.use_cases.match_people import people_of_match
from services.console.use_cases.person_changes import (
    AmbiguousReferenceError,
    NotPutOnPanelError,
    PersonFixedError,
    PersonHoldsPlaceError,
    PersonLeftError,
    UnknownPersonError,
    put_on_panel,
)
from shared.changes import Changes
from shared.committer import Work
from shared.contracts.matches import DecisionReason

REFUSED = (
    MatchMovedOnError,
    MatchNotOpenError,
    MatchBeingDrawnError,
    PersonFixedError,
    NotPutOnPanelError,
    DecisionGoneError,
    OtherReasonError,
)
NO_REFERENCE = "Enter the reference of the person"
NOT_PUT = {
    UnknownPersonError.code: "Nobody in this hub has this reference. Check it for typing mistakes",
    AmbiguousReferenceError.code: "More than one person in this hub has this reference. "
    "Enter the one that the publisher of this engagement gave to the person",
    PersonLeftError.code: "This person has left, so they cannot be put on a panel",
    PersonHoldsPlaceError.code: "This person holds a place in this engagement already",
}
"""Why somebody was not put on the panel, said at the field of their reference."""


class DecisionPages:
    """`/matches/{match_id}`: look, decide, add somebody; `/draws/{draw_id}`: a record."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        look = for_staff(self._parts, Right.LOOK)
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/matches/{match_id}", self.show, methods=["GET"], dependencies=look)
        router.add_api_route("/matches/{match_id}", self.decide, methods=["POST"], dependencies=act)
        router.add_api_route(
            "/matches/{match_id}/undo", self.undo, methods=["POST"], dependencies=act
        )
        router.add_api_route(
            "/matches/{match_id}/go-ahead", self.go_ahead, methods=["POST"], dependencies=act
        )
        router.add_api_route("/draws/{draw_id}", self.record, methods=["GET"], dependencies=look)
        router.add_api_route(
            "/matches/{match_id}/panel", self.put, methods=["POST"], dependencies=act
        )
        return router

    async def show(self, request: Request, match_id: str) -> Response:
        """Show who was chosen, from how many, and why."""
        return await self._page(request, match_id)

    async def record(self, request: Request, draw_id: str) -> Response:
        """Give the public record of a draw, as a file."""
        draw = own(await self._parts.known.draws.get(draw_id), staff_of(request).hubs)
        name = {"Content-Disposition": f'attachment; filename="draw-{UUID(draw.id)}.json"'}
        return JSONResponse(draw.state.record, headers=name)

    async def decide(
        self,
        request: Request,
        match_id: str,
        sequence: Annotated[int, Form()],
        choice: Annotated[Choice, Form()],
        reason: Annotated[DecisionReason | Literal[""], Form()] = "",
    ) -> Response:
        """Decide on the panel that was shown; when it changed since, show the new one."""
        seen = self.asked(request, match_id, sequence)
        asked = replace(seen, reason=reason or None, must_say_why=True)
        known, facts, wait = self._parts.known, self._parts.facts, self._parts.options.undo
        work = (
            partial(hold, asked, choice, known, facts, undo=wait)
            if wait
            else partial(decide, asked, choice, known, facts)
        )
        return await self.done(request, match_id, work)

    async def undo(
        self, request: Request, match_id: str, decision: Annotated[str, Form()]
    ) -> Response:
        """Put the match back as it was, as long as nobody was told."""
        return await self._settle(request, match_id, partial(undo, match_id, decision))

    async def go_ahead(
        self, request: Request, match_id: str, decision: Annotated[str, Form()]
    ) -> Response:
        """Tell of the decision now."""
        return await self._settle(request, match_id, partial(go_ahead, match_id, decision))

    async def put(
        self,
        request: Request,
        match_id: str,
        sequence: Annotated[int, Form()],
        reference: Annotated[str, Form()] = "",
    ) -> Response:
        """Have it drawn again with somebody on the panel whom it need not name."""
        asked = self.asked(request, match_id, sequence)
        known, facts = self._parts.known, self._parts.facts
        work = partial(put_on_panel, asked, reference, known, facts)
        return await self.done(request, match_id, work, reference)

    async def done(
        self,
        request: Request,
        match_id: str,
        work: Work,
        reference: str = "",
        *,
        then: str | None = None,
    ) -> Response:
        """Do what was asked and go to the match, or `then`; or show it and why it was refused."""
        try:
            await self._parts.change(work)
        except REFUSED as error:
            return await self._page(request, match_id, refused=error.code, reference=reference)
        return RedirectResponse(then or f"/matches/{match_id}", HTTPStatus.SEE_OTHER)

    def asked(self, request: Request, match_id: str, sequence: int) -> Decision:
        """Return who decides, on which match as they saw it."""
        staff = staff_of(request)
        return Decision(match_id=match_id, sequence=sequence, by=staff.username, hubs=staff.hubs)

    async def _settle(
        self, request: Request, match_id: str, step: Callable[..., Awaitable[Changes]]
    ) -> Response:
        staff, parts = staff_of(request), self._parts
        work = partial(step, staff.username, staff.hubs, parts.known, parts.facts)
        return await self.done(request, match_id, work)

    async def _page(
        self, request: Request, match_id: str, refused: str | None = None, reference: str = ""
    ) -> Response:
        staff, known = staff_of(request), self._parts.known
        match = own(await known.matches.get(match_id), staff.hubs)
        engagement_id = str(match.state.engagement_id)
        about = Asked(hubs=staff.hubs, engagement_id=engagement_id, oldest_first=True)
        may_act = staff.may(Right.ACT, match.hub)
        undecided = match.decided_by is None and match.held is None and may_act
        always_named = match.hub in self._parts.options.named_before_yes
        people = await people_of_match(match, known, always_named=always_named)
        return self._pages.show(
            request,
            "staff/match.html",
            status_code=_status(refused),
            staff=staff,
            may_identify=staff.may(Right.IDENTIFY, match.hub),
            match=match,
            people=people,
            named=always_named,
            sessions=await known.sessions.listed(about),
            refused=refused,
            fault=_fault(refused, reference),
            reference=reference,
            may_approve=undecided and match.state.status in MAY_APPROVE,
            may_send_back=undecided and match.state.status in MAY_SEND_BACK,
            may_change=undecided and match.state.status in MAY_CHANGE,
            may_act=may_act,
            reasons_to_approve=REASONS_TO_APPROVE,
            reasons_to_send_back=REASONS_TO_SEND_BACK,
        )


def _status(refused: str | None) -> HTTPStatus:
    if refused == OtherReasonError.code:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.CONFLICT if refused else HTTPStatus.OK


def _fault(refused: str | None, reference: str) -> str:
    """Return what is wrong with a reference; nothing where something else was refused."""
    if refused == UnknownPersonError.code and not reference.strip():
        return NO_REFERENCE
    return NOT_PUT.get(refused or "", "")
