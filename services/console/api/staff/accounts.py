"""The page on which an operator looks after the accounts of their hubs."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.account_lines import accounts_of
from services.console.ports import Right
from services.console.use_cases.accounts import lift_lock, take_codes_off

Name = Annotated[str, Form(max_length=200)]


class AccountsPages:
    """`/accounts`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to operators only."""
        operate = for_staff(self._parts, Right.OPERATE)
        router = APIRouter(prefix="/accounts", include_in_schema=False)
        router.add_api_route("", self.show, methods=["GET"], dependencies=operate)
        router.add_api_route("/lift", self.lift, methods=["POST"], dependencies=operate)
        router.add_api_route("/codes-off", self.codes_off, methods=["POST"], dependencies=operate)
        return router

    async def show(self, request: Request) -> Response:
        """List the accounts of the operator's hubs."""
        staff, parts = staff_of(request), self._parts
        lines = await accounts_of(staff, parts.known, parts.facts.now())
        required = parts.options.codes_required
        return self._pages.show(
            request, "staff/accounts.html", staff=staff, accounts=lines, required=required
        )

    async def lift(self, request: Request, username: Name = "") -> Response:
        """Let somebody try again."""
        staff, parts = staff_of(request), self._parts
        await parts.change(partial(lift_lock, username, staff, parts.known, parts.facts))
        return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)

    async def codes_off(self, request: Request, username: Name = "") -> Response:
        """Take lost one-time codes off an account."""
        staff, parts = staff_of(request), self._parts
        await parts.change(partial(take_codes_off, username, staff, parts.known, parts.facts))
        return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)
