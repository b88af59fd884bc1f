"""The sheet of a person's details: filled in by them, or by staff who rang them as they asked."""

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.console.api.participants.details_form import (
    DetailsForm,
    Given,
    Shown,
    filled_in,
    read,
)
from services.console.api.participants.times_form import DAY_NAMES
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.words.needs import ACCESS, INFORMATION
from services.console.ports import DetailsView
from services.console.queries.history import history_of
from services.console.use_cases.own_details import (
    DetailsMovedOnError,
    SaidDetails,
    give_details,
    known_details,
)
from services.console.use_cases.sign_in import Visitor
from shared.changes import Changes
from shared.contracts.participants import ContactCard, SealedContact
from shared.errors import NotFoundError
from shared.languages import LANGUAGES

DETAILS = "participants/details.html"
TAKEN_BACK = "taken-back"
"""What the address says of what was kept: a consent was taken back, and nothing else."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a person, who they are, and that sealed."""

    known: DetailsView
    card: ContactCard
    sealed: SealedContact


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sheet lies, and who of staff fills it in."""

    action: str
    staff: Visitor | None = None


class DetailsSheet:
    """Finds, shows and keeps a person's details."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    async def found(self, participant_id: str) -> Found:
        """Return what is known. Raises NotFoundError, TooLateError."""
        known = await known_details(participant_id, self._parts.known)
        contact = await self._parts.known.contacts.get(known.id)
        sealed, card = await self._opened(known.sealed, contact.sealed if contact else None)
        if sealed is None or card is None:
            raise NotFoundError("who this is has not arrived, or is forgotten")
        return Found(known, card, sealed)

    async def _opened(
        self, *several: SealedContact | None
    ) -> tuple[SealedContact | None, ContactCard | None]:
        """Open the first that opens; what they said may be sealed by a key that is replaced."""
        for sealed in several:
            card = await self._parts.opener.open(sealed) if sealed else None
            if card:
                return sealed, card
        return None, None

    async def show(
        self, request: Request, place: Place, found: Found, *, kept: str = ""
    ) -> Response:
        """Show the sheet with what is known."""
        shown = filled_in(found.known, found.card)
        return await self._page(request, place, found, shown, kept=kept)

    async def keep(
        self, request: Request, place: Place, found: Found, form: DetailsForm, also: Changes
    ) -> Response | None:
        """Take what is said, with what else it changes; return the sheet where something is wrong.

        What is written over something older changes nothing: the sheet shows what is known now.
        Raises NotFoundError, TooLateError.
        """
        given = read(form, found.known)
        if isinstance(given, Shown):
            if form.given < found.known.given:
                return await self._moved(request, place, found)
            return await self._page(request, place, found, given)
        try:
            await self._parts.change(partial(self._given, found.known.id, given, form.given, also))
        except DetailsMovedOnError:
            return await self._moved(request, place, await self.found(found.known.id))
        return None

    async def _given(self, participant_id: str, given: Given, seen: int, also: Changes) -> Changes:
        """Hold what is said against what is known when this is computed, who they are unsealed."""
        found = await self.found(participant_id)
        sealed = found.sealed if given.card == found.card else await self._sealed(found, given)
        said, parts = _said(given, sealed, seen), self._parts
        return also + give_details(found.known, said, parts.known, parts.facts)

    async def _moved(self, request: Request, place: Place, found: Found) -> Response:
        shown = replace(filled_in(found.known, found.card), moved=True)
        return await self._page(request, place, found, shown)

    async def _sealed(self, found: Found, given: Given) -> SealedContact:
        sealed = await self._parts.opener.seal_anew(UUID(found.known.id), given.card)
        if sealed is None:
            raise NotFoundError("the person was forgotten")
        return sealed

    async def _page(
        self, request: Request, place: Place, found: Found, shown: Shown, *, kept: str = ""
    ) -> Response:
        known, now = self._parts.known, self._parts.facts.now()
        return self._pages.show(
            request,
            DETAILS,
            status_code=_status(shown),
            staff=place.staff,
            action=place.action,
            shown=shown,
            kept=kept,
            taken_back=kept == TAKEN_BACK,
            access=ACCESS,
            information=INFORMATION,
            all_languages=sorted(LANGUAGES.items(), key=lambda each: each[1]),
            days=DAY_NAMES,
            consents=found.known.consents,
            history=None if place.staff else await history_of(found.known.id, known, now),
        )


def _status(shown: Shown) -> HTTPStatus:
    if shown.moved:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if shown.faults else HTTPStatus.OK


def _said(given: Given, sealed: SealedContact, seen: int) -> SaidDetails:
    return SaidDetails(
        sealed=sealed,
        preferred_channel=given.channel,
        languages=given.languages,
        needs=given.needs,
        shown=given.shown,
        contact_preference=given.preference,
        seen=seen,
    )
