"""Who may open an address: each has one rule, so that an address without one is found by a test."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Depends
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.requests import Request
from starlette.routing import BaseRoute

from services.console.api.parts import Parts
from services.console.ports import How, Right, SignedIn, StaffMember, hubs_with
from services.console.use_cases.sign_in import Visitor, digest, is_live, touch
from shared.errors import AppError, ConflictError

COOKIE = "wlc_staff"
LIVE_PATH = "/live"
BY_ITSELF = "wlc-live"
"""The header of what a page asks for without anybody doing anything."""


class SignInNeededError(AppError):
    """Nobody is signed in here, or no longer."""

    code = "sign-in-needed"


class RoleTooSmallError(AppError):
    """Whoever is signed in has no role, in any hub, that may do this."""

    code = "role-too-small"


class CodesNeededError(AppError):
    """Whoever is signed in has no one-time codes, and nobody goes on here without."""

    code = "codes-needed"


class Access:
    """The rule of an address for staff: who has the right in no hub is not let in.

    The address then sees those hubs alone in which the right is held. Raises SignInNeededError,
    RoleTooSmallError, CodesNeededError.
    """

    def __init__(self, parts: Parts, right: Right) -> None:
        self._parts = parts
        self.right = right

    async def __call__(self, request: Request) -> None:
        """Let staff in, and leave for `staff_of` who it is."""
        visitor = await self.visitor(request)
        if visitor is None:
            raise SignInNeededError("nobody is signed in")
        if not visitor.hubs:
            raise RoleTooSmallError("no role that may do this")
        request.state.staff = visitor

    async def visitor(self, request: Request) -> Visitor | None:
        """Return who is signed in, with the hubs in which they have the right."""
        member = await self._by_token(request) or await self._by_cookie(request)
        if member is None:
            return None
        return Visitor(member.id, hubs_with(self.right, member.roles), member.roles)

    async def _by_token(self, request: Request) -> StaffMember | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        return await self._parts.known.staff.by_token(digest(token.strip()))

    async def _by_cookie(self, request: Request) -> StaffMember | None:
        cookie = request.cookies.get(COOKIE)
        if not cookie:
            return None
        known, facts = self._parts.known, self._parts.facts
        browser = await known.browsers.get(digest(cookie))
        if browser is None or not is_live(browser, facts.now(), self._parts.options.idle):
            return None
        member = await known.staff.get(browser.username)
        if member is None or member.fingerprint != browser.account:
            return None
        self._look_for_codes(browser)
        if not _comes_by_itself(request):
            await self._touch(browser.id)
        request.state.browser = browser
        return member

    def _look_for_codes(self, browser: SignedIn) -> None:
        if self._parts.options.codes_required and browser.how is How.PASSWORD:
            raise CodesNeededError("no one-time codes yet")

    async def _touch(self, browser_id: str) -> None:
        known, facts = self._parts.known, self._parts.facts
        if not (await touch(browser_id, known, facts)).writes:
            return
        try:
            await self._parts.change(partial(touch, browser_id, known, facts))
        except ConflictError:
            return  # another page of the same browser has just done it


class OwnAccount(Access):
    """The rule of what a browser's owner sees and changes of their own account.

    No token opens it, and who has still to set up one-time codes gets this far.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, Right.LOOK)

    async def _by_token(self, request: Request) -> StaffMember | None:  # noqa: ARG002 - by none
        return None

    def _look_for_codes(self, browser: SignedIn) -> None:
        """Let them set codes up."""


def _comes_by_itself(request: Request) -> bool:
    """Whether nobody did anything: a page that is only open does not keep its browser signed in."""
    return request.url.path == LIVE_PATH or BY_ITSELF in request.headers


async def open_to_all() -> None:
    """Be the rule of an address that anybody may open: it tells nothing about anybody."""


async def by_link() -> None:
    """Be the rule of an address that whoever holds its secret link may open, and nobody else."""


def for_staff(parts: Parts, right: Right) -> list[Any]:
    """Return the rule of an address for staff who have a right."""
    return [Depends(Access(parts, right))]


def for_oneself(parts: Parts) -> list[Any]:
    """Return the rule of an address about the visitor's own account."""
    return [Depends(OwnAccount(parts))]


@dataclass(frozen=True, slots=True)
class Address:
    """An address and its rule: the right that staff need, or None and `open_to` says whom."""

    method: str
    path: str
    right: Right | None
    open_to: str = ""


def addresses(routes: Sequence[BaseRoute]) -> Iterator[Address]:
    """Yield every address of the console's own with its rule. Raises ValueError for one without.

    What every service has (health, metrics, failed work) has its own tests.
    """
    for route in iter_route_contexts(routes):
        is_own = isinstance(route.original_route, APIRoute)
        if is_own and not str(getattr(route.endpoint, "__module__", "")).startswith("shared."):
            for method in sorted(route.methods or ()):
                yield _address(method, route)


def _address(method: str, route: RouteContext) -> Address:
    rules = [each.dependency for each in route.dependencies]
    of_oneself = [rule for rule in rules if isinstance(rule, OwnAccount)]
    rights = [r.right for r in rules if isinstance(r, Access) and r not in of_oneself]
    open_to = [OPEN_TO[rule] for rule in rules if rule in OPEN_TO] + [ONESELF] * len(of_oneself)
    if len(rights) + len(open_to) != 1:
        raise ValueError(f"{method} {route.path} has {len(rights) + len(open_to)} rules, not one")
    return Address(method, route.path or "", next(iter(rights), None), "".join(open_to))


ONESELF = "whoever is signed in by a browser, about themselves"
OPEN_TO = {open_to_all: "anybody", by_link: "who has the link"}
OPEN_TO_ALL = [Depends(open_to_all)]
BY_LINK = [Depends(by_link)]


def staff_of(request: Request) -> Visitor:
    """Return who was let in."""
    visitor: Visitor = request.state.staff
    return visitor


def browser_of(request: Request) -> SignedIn:
    """Return the browser in which the visitor is signed in."""
    browser: SignedIn = request.state.browser
    return browser
