"""The film in British Sign Language of an engagement: staff supply it, or take it back."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.staff.lists import StaffPages
from services.console.ports import Right
from services.console.use_cases.films import NoFilmAddressError, supply_film, take_film_back


class FilmPages:
    """`/engagements/{engagement_id}/film`, to which the page of the engagement posts."""

    def __init__(self, parts: Parts, pages: StaffPages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(prefix="/engagements", include_in_schema=False)
        router.add_api_route(
            "/{engagement_id}/film", self.supply, methods=["POST"], dependencies=act
        )
        router.add_api_route(
            "/{engagement_id}/film/back", self.take_back, methods=["POST"], dependencies=act
        )
        return router

    async def supply(
        self, request: Request, engagement_id: str, address: Annotated[str, Form()] = ""
    ) -> Response:
        """Let messages about the engagement lead to a film."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        work = partial(supply_film, engagement_id, address, staff, known, facts)
        try:
            await self._parts.change(work)
        except NoFilmAddressError:
            return await self._pages.engagement_page(request, engagement_id, refused=address)
        return RedirectResponse(f"/engagements/{engagement_id}#film", HTTPStatus.SEE_OTHER)

    async def take_back(self, request: Request, engagement_id: str) -> Response:
        """Let them lead to none any more."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        await self._parts.change(partial(take_film_back, engagement_id, staff, known, facts))
        return RedirectResponse(f"/engagements/{engagement_id}#film", HTTPStatus.SEE_OTHER)
