"""Signing in and out, for staff."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import COOKIE, OPEN_TO_ALL
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.sign_in.cookies import HALF, Cookies
from services.console.api.sign_in.passwords import fits
from services.console.api.sign_in.paths import UNDONE, own
from services.console.ports import HalfSignedIn, How, StaffMember
from services.console.use_cases import sign_in
from services.console.use_cases.one_time_codes import WrongCodeError, in_use
from services.console.use_cases.sign_in import CODE_WITHIN, Arrival, new_cookie
from services.console.use_cases.tries import Caller, TooManyTriesError, count_try
from shared.errors import ConflictError

WRONG = "The user name or the password is not right."
WRONG_CODE = "This code is not right, or it was used before. Wait for the next one."
WAIT = "Too many wrong tries. Wait 15 minutes, then try again, or ask an operator to let you in."

SIGNED_OUT = (
    "You were signed out meanwhile, so what you just sent was not done. Sign in, then do it again."
)
NO_NAME = "Enter your user name"
NO_PASSWORD = "Enter your password"  # noqa: S105 - what is said where there is none
NO_CODE = "Enter the code"
NOTHING_MISSING: Mapping[str, str] = {}
LONGEST = 200
"""No name, password or code is longer: what is, cannot be right, and is told so as others are."""

Field = Annotated[str, Form()]


class SignInPages:
    """`/sign-in`, its second step, and `/sign-out`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._cookies = Cookies(parts)

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = APIRouter(include_in_schema=False)
        for path, page, method in (
            ("/sign-in", self.show, "GET"),
            ("/sign-in", self.enter, "POST"),
            ("/sign-in/code", self.ask_code, "GET"),
            ("/sign-in/code", self.take_code, "POST"),
            ("/sign-out", self.leave, "POST"),
        ):
            router.add_api_route(path, page, methods=[method], dependencies=OPEN_TO_ALL)
        return router

    async def show(
        self,
        request: Request,
        wanted: str = "/",
        undone: Annotated[str, Query(alias=UNDONE)] = "",
    ) -> Response:
        """Ask for name and password; say so where what somebody sent was not done."""
        return self._form(request, wanted, error=SIGNED_OUT if undone else "")

    async def enter(
        self, request: Request, username: Field = "", password: Field = "", wanted: Field = "/"
    ) -> Response:
        """Sign in, or say the same for an unknown name as for a wrong password."""
        username = username.strip()
        form = partial(self._form, request, wanted, username)
        missing = _missing(username, password)
        if missing:
            return form(HTTPStatus.UNPROCESSABLE_ENTITY, missing=missing)
        if max(len(username), len(password)) > LONGEST:
            return form(HTTPStatus.FORBIDDEN, WRONG)
        return await self._enter(request, username, password, wanted)

    async def _enter(self, request: Request, username: str, password: str, wanted: str) -> Response:
        known, facts = self._parts.known, self._parts.facts
        form = partial(self._form, request, wanted, username)
        caller = self._cookies.caller(request, username)
        try:
            await self._parts.change(partial(count_try, caller, known, facts))
        except TooManyTriesError:
            return form(HTTPStatus.TOO_MANY_REQUESTS, WAIT)
        member = await known.staff.get(username)
        if not await fits(password, member) or member is None:
            name = member.id if member else None
            await self._parts.change(partial(sign_in.note_refusal, name, known, facts))
            return form(HTTPStatus.FORBIDDEN, WRONG)
        if await in_use(member.id, known):
            return await self._second_step(member, wanted)
        return await self._let_in(request, member, caller, wanted)

    async def ask_code(self, request: Request) -> Response:
        """Ask for the code of whose password was right."""
        if await self._half(request) is None:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        return self._pages.show(request, "sign_in_code.html")

    async def take_code(self, request: Request, code: Field = "") -> Response:
        """Sign in by a code."""
        known, facts = self._parts.known, self._parts.facts
        half = await self._half(request)
        if half is None:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        if not code.strip():
            return self._code_form(request, NO_CODE, HTTPStatus.UNPROCESSABLE_ENTITY)
        caller = self._cookies.caller(request, half.username)
        try:
            await self._parts.change(partial(count_try, caller, known, facts, of_codes=True))
            return await self._finish(request, half, code, caller)
        except TooManyTriesError:
            return self._code_form(request, WAIT, HTTPStatus.TOO_MANY_REQUESTS)
        except WrongCodeError:
            await self._parts.change(partial(sign_in.note_refusal, half.username, known, facts))
            return self._code_form(request, WRONG_CODE, HTTPStatus.FORBIDDEN)
        except ConflictError:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)

    async def leave(self, request: Request) -> Response:
        """Sign out here; who came by a provider is asked about that too."""
        cookie = request.cookies.get(COOKIE, "")
        known, facts = self._parts.known, self._parts.facts
        browser = await known.browsers.get(sign_in.digest(cookie))
        await self._parts.change(partial(sign_in.sign_out, cookie, known, facts))
        by_provider = browser is not None and browser.how is How.PROVIDER
        onwards = "/sign-out/elsewhere" if by_provider else "/sign-in"
        response = RedirectResponse(onwards, HTTPStatus.SEE_OTHER)
        self._cookies.forget_session(response)
        return response

    async def _half(self, request: Request) -> HalfSignedIn | None:
        cookie = request.cookies.get(HALF, "")
        return await sign_in.who_gives_code(cookie, self._parts.known, self._parts.facts)

    async def _second_step(self, member: StaffMember, wanted: str) -> Response:
        cookie, known, facts = new_cookie(), self._parts.known, self._parts.facts
        work = partial(sign_in.ask_for_code, member, cookie, own(wanted), known, facts)
        await self._parts.change(work)
        response = RedirectResponse("/sign-in/code", HTTPStatus.SEE_OTHER)
        self._cookies.half(response, cookie, CODE_WITHIN)
        return response

    async def _let_in(
        self, request: Request, member: StaffMember, caller: Caller, wanted: str
    ) -> Response:
        arrival = _arrival(request, caller, How.PASSWORD)
        known, facts = self._parts.known, self._parts.facts
        await self._parts.change(partial(sign_in.sign_in, member, arrival, known, facts))
        return self._onwards(arrival, wanted)

    async def _finish(
        self, request: Request, half: HalfSignedIn, code: str, caller: Caller
    ) -> Response:
        arrival, parts = _arrival(request, caller, How.CODE), self._parts
        work = partial(
            sign_in.sign_in_by_code, half, code, arrival, parts.known, parts.keys, parts.facts
        )
        await parts.change(work)
        return self._onwards(arrival, half.wanted)

    def _onwards(self, arrival: Arrival, wanted: str) -> Response:
        response = RedirectResponse(own(wanted), HTTPStatus.SEE_OTHER)
        self._cookies.let_in(response, arrival.cookie, arrival.caller.username)
        return response

    def _form(
        self,
        request: Request,
        wanted: str,
        username: str = "",
        status: int = HTTPStatus.OK,
        error: str = "",
        missing: Mapping[str, str] = NOTHING_MISSING,
    ) -> Response:
        return self._pages.show(
            request,
            "sign_in.html",
            status_code=status,
            wanted=own(wanted),
            username=username,
            error=error,
            missing=missing,
            provider=self._parts.provider,
        )

    def _code_form(self, request: Request, error: str, status: int) -> Response:
        return self._pages.show(request, "sign_in_code.html", status_code=status, error=error)


def _arrival(request: Request, caller: Caller, how: How) -> Arrival:
    former = request.cookies.get(COOKIE, "")
    return Arrival(cookie=new_cookie(), caller=caller, how=how, former=former)


def _missing(username: str, password: str) -> dict[str, str]:
    """Return what is to be entered still, by the field that it is about."""
    asked = (("username", username, NO_NAME), ("password", password, NO_PASSWORD))
    return {field: sentence for field, typed, sentence in asked if not typed}
