"""The pages on which staff look after their own account."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import browser_of, for_oneself, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.sign_in.cookies import Cookies
from services.console.api.sign_in.passwords import fits
from services.console.api.staff.account_lines import browsers_of
from services.console.ports import OneTimeCodes, StaffMember
from services.console.use_cases import one_time_codes as codes
from services.console.use_cases.accounts import sign_out_others
from services.console.use_cases.one_time_codes import WrongCodeError
from services.console.use_cases.tries import TooManyTriesError, count_try, forgive
from shared.changes import Changes
from shared.errors import NotFoundError, RuleError

WRONG_PASSWORD = "This is not your password."  # noqa: S105 - what is said of a wrong one
WRONG_CODE = "This code is not right, or it was used before. Wait for the next one."
WAIT = "Too many wrong tries. Wait 15 minutes, then try again."
MISSING = {"password": "Enter your password", "code": "Enter the code"}

Field = Annotated[str, Form()]


class WrongPasswordError(RuleError):
    """It is not the password of who is signed in."""

    code = "wrong-password"


class MissingError(RuleError):
    """Something was not entered; this is no try."""

    code = "missing"

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__("not entered")
        self.fields = fields


FAULTS: Mapping[type[Exception], tuple[str, str, int]] = {
    TooManyTriesError: ("password", WAIT, HTTPStatus.TOO_MANY_REQUESTS),
    WrongPasswordError: ("password", WRONG_PASSWORD, HTTPStatus.UNPROCESSABLE_ENTITY),
    WrongCodeError: ("code", WRONG_CODE, HTTPStatus.UNPROCESSABLE_ENTITY),
}
"""By what goes wrong: the field it is about, what is said, and the status."""


class AccountPages:
    """`/account`, and one-time codes below it."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._cookies = Cookies(parts)

    def router(self) -> APIRouter:
        """Return the addresses, each open to whoever it is about."""
        own = for_oneself(self._parts)
        router = APIRouter(prefix="/account", include_in_schema=False)
        for path, page, method in (
            ("", self.show, "GET"),
            ("/sign-out-others", self.sign_out_others, "POST"),
            ("/codes", self.show_codes, "GET"),
            ("/codes/key.svg", self.picture, "GET"),
            ("/codes/begin", self.begin, "POST"),
            ("/codes", self.confirm, "POST"),
            ("/codes/off", self.switch_off, "POST"),
        ):
            router.add_api_route(path, page, methods=[method], dependencies=own)
        return router

    async def show(self, request: Request) -> Response:
        """Show who one is, what one may, and where one is signed in."""
        return await self._account(request)

    async def sign_out_others(self, request: Request) -> Response:
        """Sign out everywhere but here."""
        parts = self._parts
        work = partial(sign_out_others, browser_of(request), parts.known, parts.facts)
        await parts.change(work)
        return RedirectResponse("/account", HTTPStatus.SEE_OTHER)

    async def show_codes(self, request: Request) -> Response:
        """Show the next step of setting codes up."""
        member, stored = await self._own(request)
        if member.password_hash is None or (stored and stored.since):
            return RedirectResponse("/account", HTTPStatus.SEE_OTHER)
        return self._codes_page(request, stored)

    async def picture(self, request: Request) -> Response:
        """Draw the key of an app that is being set up, for its camera."""
        _, stored = await self._own(request)
        if stored is None or stored.since:
            raise NotFoundError("no key to show")
        drawn, key = BytesIO(), self._parts.keys.open(stored.sealed, stored.id)
        address = codes.key_address(key, stored.id)
        segno.make(address, micro=False).save(drawn, kind="svg", scale=5, light="#fff")
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    async def begin(self, request: Request, password: Field = "") -> Response:
        """Make a key for an app, for who knows the password."""
        parts = self._parts
        member, stored = await self._own(request)
        try:
            _entered(password=password)
            await self._check(request, member, password)
        except (MissingError, TooManyTriesError, WrongPasswordError) as error:
            return self._codes_page(request, stored, error)
        await parts.change(partial(codes.begin, member.id, parts.known, parts.keys))
        return RedirectResponse("/account/codes", HTTPStatus.SEE_OTHER)

    async def confirm(self, request: Request, code: Field = "") -> Response:
        """Let codes count, and show the recovery codes this once."""
        parts, recovery = self._parts, codes.new_recovery_codes()
        _, stored = await self._own(request)
        work = partial(
            codes.confirm,
            browser_of(request),
            code,
            recovery,
            parts.known,
            parts.keys,
            parts.facts,
        )
        try:
            _entered(code=code)
            await parts.change(work)
        except (MissingError, WrongCodeError) as error:
            return self._codes_page(request, stored, error)
        return self._pages.show(
            request, "staff/recovery_codes.html", staff=staff_of(request), recovery=recovery
        )

    async def switch_off(
        self, request: Request, password: Field = "", code: Field = ""
    ) -> Response:
        """Have no codes any more, for password and code."""
        parts = self._parts
        member, _ = await self._own(request)
        work = partial(
            codes.switch_off, browser_of(request), code, parts.known, parts.keys, parts.facts
        )
        try:
            _entered(password=password, code=code)
            await self._check(request, member, password, of_codes=True)
            await parts.change(work)
        except (MissingError, TooManyTriesError, WrongPasswordError, WrongCodeError) as error:
            return await self._account(request, error)
        return RedirectResponse("/account", HTTPStatus.SEE_OTHER)

    async def _own(self, request: Request) -> tuple[StaffMember, OneTimeCodes | None]:
        known, name = self._parts.known, staff_of(request).username
        member = await known.staff.get(name)
        if member is None:
            raise NotFoundError("no account any more")
        return member, await known.one_time_codes.get(name)

    async def _check(
        self, request: Request, member: StaffMember, password: str, *, of_codes: bool = False
    ) -> None:
        """Count a try. Raises TooManyTriesError, WrongPasswordError."""
        parts, caller = self._parts, self._cookies.caller(request, member.id)
        counting = partial(count_try, caller, parts.known, parts.facts, of_codes=of_codes)
        await parts.change(counting)
        if not await fits(password, member):
            raise WrongPasswordError("wrong password")
        if not of_codes:

            async def forgiven() -> Changes:
                return Changes(await forgive(caller, parts.known))

            await parts.change(forgiven)

    async def _account(self, request: Request, error: Exception | None = None) -> Response:
        parts = self._parts
        member, stored = await self._own(request)
        browsers = await browsers_of(member, parts.known, parts.facts.now(), parts.options.idle)
        return self._show(
            request,
            "staff/account.html",
            error,
            member=member,
            codes=stored if stored and stored.since else None,
            browsers=browsers,
            this=browser_of(request).id,
        )

    def _codes_page(
        self, request: Request, stored: OneTimeCodes | None, error: Exception | None = None
    ) -> Response:
        key = self._parts.keys.open(stored.sealed, stored.id) if stored else None
        return self._show(request, "staff/codes.html", error, key=key)

    def _show(
        self, request: Request, template: str, error: Exception | None, **context: Any
    ) -> Response:
        faults, status = _told(error)
        return self._pages.show(
            request,
            template,
            status_code=status,
            staff=staff_of(request),
            required=self._parts.options.codes_required,
            provider=self._parts.provider,
            faults=faults,
            **context,
        )


def _entered(**fields: str) -> None:
    """See that something stands in each field. Raises MissingError, which names all the others."""
    if missing := tuple(field for field, typed in fields.items() if not typed.strip()):
        raise MissingError(missing)


def _told(error: Exception | None) -> tuple[Mapping[str, str], int]:
    """Return what is said by the field that it is about, and the status."""
    if error is None:
        return {}, HTTPStatus.OK
    if isinstance(error, MissingError):
        return {each: MISSING[each] for each in error.fields}, HTTPStatus.UNPROCESSABLE_ENTITY
    field, sentence, status = FAULTS[type(error)]
    return {field: sentence}, status
