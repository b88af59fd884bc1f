"""Who is asking: staff by cookie or by token, or nobody."""

from functools import partial

from starlette.requests import Request

from services.console.api.parts import Parts
from services.console.ports import StaffMember
from services.console.use_cases.sign_in import Visitor, digest, is_live, touch
from shared.errors import AppError, ConflictError

COOKIE = "wlc_staff"


class SignInNeededError(AppError):
    """Nobody is signed in here, or no longer."""

    code = "sign-in-needed"


class Access:
    """The dependency of every router for staff: no address of it is open to others.

    Raises SignInNeededError.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, request: Request) -> None:
        """Let staff in, and leave for `staff_of` who it is."""
        member = await self._by_token(request) or await self._by_cookie(request)
        if member is None:
            raise SignInNeededError("nobody is signed in")
        request.state.staff = Visitor(member.id, member.hubs)

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
        await self._touch(browser.id)
        return await known.staff.get(browser.username)

    async def _touch(self, browser_id: str) -> None:
        known, facts = self._parts.known, self._parts.facts
        if not (await touch(browser_id, known, facts)).writes:
            return
        try:
            await self._parts.change(partial(touch, browser_id, known, facts))
        except ConflictError:
            return  # another page of the same browser has just done it


def staff_of(request: Request) -> Visitor:
    """Return who was let in."""
    visitor: Visitor = request.state.staff
    return visitor
