"""A person sees and corrects their own details, by a link that is sent to them alone.

On the page of an invitation nothing of who they are is shown, for the message may have been passed
on: from there the link is asked for. It opens for a day.
"""

from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import BY_LINK
from services.console.api.participants.details_form import (
    DetailsForm,
    Given,
    Shown,
    filled_in,
    read,
)
from services.console.api.participants.doorway import Doorway, Way
from services.console.api.participants.times_form import DAY_NAMES
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.words import LANGUAGES
from services.console.api.words.needs import ACCESS, INFORMATION
from services.console.ports import DetailsView
from services.console.queries.history import history_of
from services.console.use_cases.own_details import (
    SaidDetails,
    TooManyLinksError,
    ask_details_link,
    give_details,
    known_details,
)
from services.console.use_cases.replies import TooLateError
from shared.contracts.participants import ContactCard, SealedContact
from shared.errors import NotFoundError

DETAILS = "participants/details.html"
LINK_SENT = "participants/details_link.html"
GONE = "participants/gone.html"


class DetailsPages:
    """`/d/{token}`, and what has its link sent: `/i/{token}/details` and `/d/{token}/again`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._doorway = Doorway(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = APIRouter(include_in_schema=False)
        for path, method, page in (
            ("/i/{token}/details", "GET", self.offer_link),
            ("/i/{token}/details", "POST", self.send_link),
            ("/d/{token}/again", "GET", self.offer_again),
            ("/d/{token}/again", "POST", self.send_again),
            ("/d/{token}", "GET", self.show),
            ("/d/{token}", "POST", self.keep),
        ):
            router.add_api_route(path, page, methods=[method], dependencies=BY_LINK)
        return router

    async def offer_link(self, request: Request, token: str) -> Response:
        """Say that the link is sent to them alone, and whether it was."""
        return await self._offer(request, await self._doorway.by_invitation(request, token))

    async def send_link(self, request: Request, token: str) -> Response:
        """Have the link sent, from the page of an invitation."""
        return await self._send(request, await self._doorway.by_invitation(request, token))

    async def offer_again(self, request: Request, token: str) -> Response:
        """Say the same to who came with a link that has ended."""
        return await self._offer(request, self._doorway.by_details(request, token, ended=True))

    async def send_again(self, request: Request, token: str) -> Response:
        """Have a new link sent in place of one that has ended, or is about to."""
        return await self._send(request, self._doorway.by_details(request, token, ended=True))

    async def _offer(
        self, request: Request, way: Way | Response, status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        if isinstance(way, Response):
            return way
        try:
            known = await known_details(way.who, self._parts.known)
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return self._gone(request)
        return self._pages.show(
            request,
            LINK_SENT,
            status_code=status,
            action=way.ask_link_at,
            back=way.back,
            channel=known.preferred_channel.value,
            sent_at=max(known.asked_at, default=None),
            now=self._parts.facts.now(),
            too_many=status is HTTPStatus.TOO_MANY_REQUESTS,
        )

    async def _send(self, request: Request, way: Way | Response) -> Response:
        if isinstance(way, Response):
            return way
        known, facts = self._parts.known, self._parts.facts
        try:
            await self._parts.change(partial(ask_details_link, way.who, known, facts))
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return self._gone(request)
        except TooManyLinksError:
            return await self._offer(request, way, HTTPStatus.TOO_MANY_REQUESTS)
        return RedirectResponse(way.ask_link_at, HTTPStatus.SEE_OTHER)

    async def show(self, request: Request, token: str, *, kept: bool = False) -> Response:
        """Show what is known of the person, to be corrected."""
        found = await self._found(request, token)
        if isinstance(found, Response):
            return found
        known, card, _ = found
        return await self._page(request, token, known, filled_in(known, card), kept=kept)

    async def keep(
        self, request: Request, token: str, form: Annotated[DetailsForm, Form()]
    ) -> Response:
        """Take what the person says, or show it again with all that is wrong in it."""
        found = await self._found(request, token)
        if isinstance(found, Response):
            return found
        known, card, sealed = found
        said = read(form, known)
        if isinstance(said, Shown):
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return await self._page(request, token, known, said, status=status)
        own = sealed if said.card == card else await self._sealed(known.id, said.card)
        if own is None:
            return self._doorway.unknown(request)
        parts, details = self._parts, _said(said, own)
        try:
            await parts.change(partial(give_details, known.id, details, parts.known, parts.facts))
        except (NotFoundError, TooLateError):
            return self._gone(request)
        return RedirectResponse(f"/d/{token}?kept=yes", HTTPStatus.SEE_OTHER)

    async def _sealed(self, participant_id: str, card: ContactCard) -> SealedContact | None:
        return await self._parts.opener.seal_anew(UUID(participant_id), card)

    async def _found(
        self, request: Request, token: str
    ) -> tuple[DetailsView, ContactCard, SealedContact] | Response:
        """Return what is known of the person, who they are, and that sealed."""
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        try:
            known = await known_details(way.who, self._parts.known)
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return self._gone(request)
        contact = await self._parts.known.contacts.get(known.id)
        sealed = known.sealed or (contact.sealed if contact else None)
        card = await self._parts.opener.open(sealed) if sealed else None
        if sealed is None or card is None:
            return self._doorway.unknown(request)
        return known, card, sealed

    async def _page(
        self,
        request: Request,
        token: str,
        known: DetailsView,
        shown: Shown,
        *,
        kept: bool = False,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        return self._pages.show(
            request,
            DETAILS,
            status_code=status,
            token=token,
            shown=shown,
            kept=kept,
            access=ACCESS,
            information=INFORMATION,
            all_languages=sorted(LANGUAGES.items(), key=lambda each: each[1]),
            days=DAY_NAMES,
            consents=known.consents,
            history=await history_of(known.id, self._parts.known, self._parts.facts.now()),
        )

    def _gone(self, request: Request) -> Response:
        return self._pages.show(request, GONE, status_code=HTTPStatus.GONE)


def _said(given: Given, sealed: SealedContact) -> SaidDetails:
    return SaidDetails(
        sealed=sealed,
        preferred_channel=given.channel,
        languages=given.languages,
        needs=given.needs,
        shown=given.shown,
        contact_preference=given.preference,
    )
