"""The page of a participant: by reference, and who it is only where staff ask to be shown."""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import Right
from services.console.use_cases.access_requests import note_answered, note_request
from services.console.use_cases.people import find_person, look_at_participant
from services.console.use_cases.person_pages import page_of_person
from shared.changes import Changes
from shared.contracts.participants import ContactCard
from shared.deadlines import today
from shared.errors import MalformedError


class PeoplePages:
    """`/people/{participant_id}`, and `/card` beneath it for who that is."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        identify = for_staff(self._parts, Right.IDENTIFY)
        router = APIRouter(prefix="/people", include_in_schema=False)
        router.add_api_route("/{participant_id}", self.show, methods=["GET"], dependencies=identify)
        router.add_api_route(
            "/{participant_id}/card", self.reveal, methods=["POST"], dependencies=identify
        )
        router.add_api_route(
            "/{participant_id}/access-request",
            self.note_access_request,
            methods=["POST"],
            dependencies=identify,
        )
        return router

    async def show(self, request: Request, participant_id: str) -> Response:
        """Show what is known about a person, by reference."""
        return await self._page(request, participant_id)

    async def reveal(self, request: Request, participant_id: str) -> Response:
        """Show who it is, on this answer alone; that it was looked at is written down first."""
        staff, known = staff_of(request), self._parts.known
        work = partial(look_at_participant, participant_id, staff, known, self._parts.facts)
        await self._parts.change(work)
        contact = await known.contacts.get(participant_id)
        sealed = contact.sealed if contact else None
        card = await self._parts.opener.open(sealed) if sealed else None
        return await self._page(request, participant_id, revealed=True, card=card)

    async def note_access_request(
        self,
        request: Request,
        participant_id: str,
        received_on: Annotated[str, Form()] = "",
        answered: Annotated[str, Form()] = "",
    ) -> Response:
        """Note that a person asks for a copy of what is held on them, or that they have it."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        note: Callable[[], Awaitable[Changes]] = (
            partial(note_answered, participant_id, staff, known, facts)
            if answered
            else partial(note_request, participant_id, received_on, staff, known, facts)
        )
        try:
            await self._parts.change(note)
        except MalformedError as error:
            return await self._page(request, participant_id, fault=str(error), typed=received_on)
        return RedirectResponse(f"/people/{participant_id}#access", HTTPStatus.SEE_OTHER)

    async def _page(
        self,
        request: Request,
        participant_id: str,
        *,
        revealed: bool = False,
        card: ContactCard | None = None,
        fault: str | None = None,
        typed: str | None = None,
    ) -> Response:
        staff, known = staff_of(request), self._parts.known
        person = await find_person(participant_id, staff, known)
        named = self._parts.options.named_before_yes
        found = await page_of_person(person, known, named_before_yes=named)
        return self._pages.show(
            request,
            "staff/person.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            staff=staff,
            page=found,
            revealed=revealed,
            card=card,
            access=await known.access_requests.get(person.id),
            fault=fault,
            typed=typed,
            today=today(self._parts.facts.now()),
        )
