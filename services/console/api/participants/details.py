"""A person sees and corrects their own details, by a link that is sent to them alone.

On the page of an invitation nothing of who they are is shown, for the message may have been passed
on: from there the link is asked for. It opens for a day.
"""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import BY_LINK
from services.console.api.participants.details_form import DetailsForm
from services.console.api.participants.details_sheet import TAKEN_BACK, DetailsSheet, Found, Place
from services.console.api.participants.doorway import Doorway, Way
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.use_cases.own_details import (
    TooManyLinksError,
    ask_details_link,
    known_details,
    withdraw_consent,
)
from services.console.use_cases.replies import TooLateError
from shared.changes import NOTHING
from shared.errors import NotFoundError

LINK_SENT = "participants/details_link.html"
GONE = "participants/gone.html"


class DetailsPages:
    """`/d/{token}` and its `/consents`, and what has its link sent.

    That is `/i/{token}/details` and `/d/{token}/again`.
    """

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._doorway = Doorway(parts, pages)
        self._sheet = DetailsSheet(parts, pages)

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
            ("/d/{token}/consents", "POST", self.take_back),
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

    async def show(self, request: Request, token: str, *, kept: str = "") -> Response:
        """Show what is known of the person, to be corrected."""
        found = await self._found(request, token)
        if isinstance(found, Response):
            return found
        return await self._sheet.show(request, _place(token), found, kept=kept)

    async def keep(
        self, request: Request, token: str, form: Annotated[DetailsForm, Form()]
    ) -> Response:
        """Take what the person says, or show it again with all that is wrong in it."""
        found = await self._found(request, token)
        if isinstance(found, Response):
            return found
        try:
            again = await self._sheet.keep(request, _place(token), found, form, NOTHING)
        except (NotFoundError, TooLateError):
            return self._gone(request)
        return again or RedirectResponse(f"/d/{token}?kept=yes", HTTPStatus.SEE_OTHER)

    async def take_back(
        self, request: Request, token: str, purpose: Annotated[str, Form(max_length=64)]
    ) -> Response:
        """Take a consent back; the page then shows what stands."""
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        known, facts = self._parts.known, self._parts.facts
        try:
            await self._parts.change(partial(withdraw_consent, way.who, purpose, known, facts))
            stands = purpose in (await known_details(way.who, known)).consents
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return self._gone(request)
        said = "" if stands else f"?kept={TAKEN_BACK}"
        return RedirectResponse(f"{way.base}{said}", HTTPStatus.SEE_OTHER)

    async def _found(self, request: Request, token: str) -> Found | Response:
        way = self._doorway.by_details(request, token)
        if isinstance(way, Response):
            return way
        try:
            return await self._sheet.found(way.who)
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return self._gone(request)

    def _gone(self, request: Request) -> Response:
        return self._pages.show(request, GONE, status_code=HTTPStatus.GONE)


def _place(token: str) -> Place:
    return Place(f"/d/{token}")
