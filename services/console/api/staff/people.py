"""The page of a participant: by reference, and who it is only where staff ask to be shown."""

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import Right
from services.console.use_cases.people import find_person, look_at_participant
from services.console.use_cases.person_pages import page_of_person
from shared.contracts.participants import ContactCard


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

    async def _page(
        self,
        request: Request,
        participant_id: str,
        *,
        revealed: bool = False,
        card: ContactCard | None = None,
    ) -> Response:
        staff, known = staff_of(request), self._parts.known
        person = await find_person(participant_id, staff, known)
        named = self._parts.options.named_before_yes
        found = await page_of_person(person, known, named_before_yes=named)
        return self._pages.show(
            request, "staff/person.html", staff=staff, page=found, revealed=revealed, card=card
        )
