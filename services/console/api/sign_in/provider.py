"""Signing in through the OpenID provider that vouches for staff."""

from functools import partial
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import COOKIE, OPEN_TO_ALL
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.sign_in.cookies import ASKED, Cookies
from services.console.api.sign_in.paths import own
from services.console.ports import How, StaffMember
from services.console.ports.provider import Provider, ProviderAwayError, ProviderRefusedError
from services.console.use_cases import sign_in
from services.console.use_cases.sign_in import Arrival, new_cookie
from shared.errors import NotFoundError

CALLBACK = "/sign-in/callback"
AWAY = "{} does not answer now. Sign in with your user name and password, or try again later."
REFUSED = "Signing in with {} did not work. Please try again."


class ProviderPages:
    """`/sign-in/with-provider`, the way back from there, and the way out."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._cookies = Cookies(parts)

    def router(self) -> APIRouter:
        """Return the addresses; they lead nowhere where there is no provider."""
        router = APIRouter(include_in_schema=False)
        for path, page in (
            ("/sign-in/with-provider", self.begin),
            (CALLBACK, self.come_back),
            ("/sign-out/elsewhere", self.way_out),
        ):
            router.add_api_route(path, page, methods=["GET"], dependencies=OPEN_TO_ALL)
        return router

    async def begin(self, request: Request, wanted: str = "/") -> Response:
        """Send the browser to the provider."""
        provider = self._provider()
        try:
            begun = await provider.begin(self._parts.options.origin + CALLBACK)
        except ProviderAwayError:
            return self._again(request, AWAY, HTTPStatus.SERVICE_UNAVAILABLE, own(wanted))
        response = RedirectResponse(begun.address, HTTPStatus.SEE_OTHER)
        self._cookies.ask(response, dict(begun.kept), own(wanted))
        return response

    async def come_back(self, request: Request) -> Response:
        """Let in whom the provider vouches for, if they stand in the staff file."""
        provider = self._provider()
        kept, wanted = self._cookies.asked(request)
        try:
            value = await provider.finish(request.query_params, kept)
        except ProviderAwayError:
            return self._again(request, AWAY, HTTPStatus.SERVICE_UNAVAILABLE, wanted)
        except ProviderRefusedError:
            return self._again(request, REFUSED, HTTPStatus.FORBIDDEN, wanted)
        member = await self._parts.known.staff.by_oidc(value)
        if member is None:
            return await self._not_known(request, provider)
        return await self._let_in(request, member, wanted)

    async def way_out(self, request: Request) -> Response:
        """Say that somebody is signed out here, and offer to sign out of the provider too."""
        provider = self._provider()
        try:
            address = await provider.way_out(self._parts.options.origin + "/sign-in")
        except ProviderAwayError:
            address = None
        return self._pages.show(request, "signed_out.html", provider=provider, address=address)

    def _provider(self) -> Provider:
        if self._parts.provider is None:
            raise NotFoundError("there is no provider")
        return self._parts.provider

    async def _let_in(self, request: Request, member: StaffMember, wanted: str) -> Response:
        known, facts = self._parts.known, self._parts.facts
        arrival = Arrival(
            cookie=new_cookie(),
            caller=self._cookies.caller(request, member.id),
            how=How.PROVIDER,
            former=request.cookies.get(COOKIE, ""),
        )
        await self._parts.change(partial(sign_in.sign_in, member, arrival, known, facts))
        response = RedirectResponse(own(wanted), HTTPStatus.SEE_OTHER)
        self._cookies.let_in(response, arrival.cookie, member.id)
        return response

    async def _not_known(self, request: Request, provider: Provider) -> Response:
        known, facts = self._parts.known, self._parts.facts
        await self._parts.change(partial(sign_in.note_refusal, None, known, facts))
        forbidden = HTTPStatus.FORBIDDEN
        response = self._pages.show(
            request, "not_known.html", status_code=forbidden, provider=provider
        )
        self._cookies.forget(response, ASKED)
        return response

    def _again(self, request: Request, sentence: str, status: int, wanted: str) -> Response:
        provider = self._provider()
        context = {"wanted": wanted, "provider": provider, "error": sentence.format(provider.name)}
        response = self._pages.show(request, "sign_in.html", status_code=status, **context)
        self._cookies.forget(response, ASKED)
        return response
