"""Signing in and out, for staff."""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from pwdlib import PasswordHash
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import COOKIE, OPEN_TO_ALL
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import StaffMember
from services.console.use_cases import sign_in
from services.console.use_cases.sign_in import TooManyTriesError

PASSWORDS = PasswordHash.recommended()
NOBODYS_HASH = PASSWORDS.hash("nobody has this password")
"""Checked for an unknown name, so that it takes as long as a wrong password."""

WRONG = "The user name or the password is not right."
WAIT = "Too many wrong passwords. Wait 15 minutes, then try again."

Field = Annotated[str, Form(max_length=200)]


class SignInPages:
    """`/sign-in` and `/sign-out`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/sign-in", self.show, methods=["GET"], dependencies=OPEN_TO_ALL)
        router.add_api_route("/sign-in", self.enter, methods=["POST"], dependencies=OPEN_TO_ALL)
        router.add_api_route("/sign-out", self.leave, methods=["POST"], dependencies=OPEN_TO_ALL)
        return router

    async def show(self, request: Request, wanted: str = "/") -> Response:
        """Ask for name and password."""
        return self._pages.show(request, "sign_in.html", wanted=_own(wanted))

    async def enter(
        self, request: Request, username: Field = "", password: Field = "", wanted: Field = "/"
    ) -> Response:
        """Sign in, or say the same for an unknown name as for a wrong password."""
        known, facts = self._parts.known, self._parts.facts
        address = request.client.host if request.client else ""
        try:
            await self._parts.change(partial(sign_in.count_try, username, address, known, facts))
        except TooManyTriesError:
            return self._again(request, WAIT, wanted, HTTPStatus.TOO_MANY_REQUESTS)
        member = await known.staff.get(username)
        if not await asyncio.to_thread(_fits, password, member) or member is None:
            name = member.id if member else None
            await self._parts.change(partial(sign_in.note_refusal, name, known, facts))
            return self._again(request, WRONG, wanted, HTTPStatus.FORBIDDEN)
        return await self._let_in(member, address, wanted)

    async def leave(self, request: Request) -> Response:
        """Sign out here."""
        cookie = request.cookies.get(COOKIE, "")
        known, facts = self._parts.known, self._parts.facts
        await self._parts.change(partial(sign_in.sign_out, cookie, known, facts))
        response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE)
        return response

    async def _let_in(self, member: StaffMember, address: str, wanted: str) -> Response:
        known, facts = self._parts.known, self._parts.facts
        cookie = sign_in.new_cookie()
        await self._parts.change(partial(sign_in.sign_in, member, cookie, address, known, facts))
        response = RedirectResponse(_own(wanted), HTTPStatus.SEE_OTHER)
        secure = self._parts.options.secure_cookies
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=secure)
        return response

    def _again(self, request: Request, sentence: str, wanted: str, status: HTTPStatus) -> Response:
        context = {"error": sentence, "wanted": _own(wanted)}
        return self._pages.show(request, "sign_in.html", status_code=status, **context)


def _fits(password: str, member: StaffMember | None) -> bool:
    return PASSWORDS.verify(password, member.password_hash if member else NOBODYS_HASH)


def _own(path: str) -> str:
    """Return a path of ours; anything else leads to the start."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
