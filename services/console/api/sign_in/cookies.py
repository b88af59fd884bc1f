"""The cookies of staff: scripts cannot read them, other sites cannot send them with a form."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import COOKIE
from services.console.api.parts import Parts
from services.console.use_cases.sign_in import digest, new_cookie
from services.console.use_cases.tries import Caller

SIGN_IN_PATH = "/sign-in"
HALF = "wlc_half"
ASKED = "wlc_asked"
KNOWN = "wlc_known"
ASKED_FOR = timedelta(minutes=10)
KNOWN_FOR = timedelta(days=90)


class Cookies:
    """Sets and reads what a browser of staff carries."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def caller(self, request: Request, username: str) -> Caller:
        """Return who asks to be let in, and whether this browser was theirs before."""
        address = request.client.host if request.client else ""
        said = self._read(request, KNOWN)
        known_by = str(said.get("by", "")) if said.get("name") == username else ""
        return Caller(username, address, known_by)

    def let_in(self, response: Response, cookie: str, username: str) -> None:
        """Carry who is signed in, and that this browser is known to be theirs."""
        self._set(response, COOKIE, cookie, path="/")
        said = {"name": username, "by": digest(new_cookie())}
        self._set_note(response, KNOWN, said, KNOWN_FOR)
        self.forget(response, HALF, ASKED)

    def half(self, response: Response, cookie: str, for_: timedelta) -> None:
        """Carry that a password was right."""
        self._set(response, HALF, cookie, within=for_)

    def ask(self, response: Response, kept: dict[str, Any], wanted: str) -> None:
        """Carry what a provider's answer must fit."""
        self._set_note(response, ASKED, {"kept": kept, "wanted": wanted}, ASKED_FOR)

    def asked(self, request: Request) -> tuple[dict[str, Any], str]:
        """Return what a provider was asked, and where the browser was going."""
        said = self._read(request, ASKED)
        return said.get("kept", {}), said.get("wanted", "/")

    def forget(self, response: Response, *names: str) -> None:
        """Take cookies of signing in back."""
        for name in names:
            self._set(response, name, "", within=timedelta(0))

    def forget_session(self, response: Response) -> None:
        """Take the cookie of who is signed in back."""
        self._set(response, COOKIE, "", path="/", within=timedelta(0))

    def _read(self, request: Request, name: str) -> dict[str, Any]:
        note = request.cookies.get(name, "")
        said = self._parts.keys.read(note, self._parts.facts.now())
        return said if said.pop("for", None) == name else {}

    def _set_note(
        self, response: Response, name: str, said: dict[str, Any], within: timedelta
    ) -> None:
        until = self._parts.facts.now() + within
        note = self._parts.keys.note({**said, "for": name}, until)
        self._set(response, name, note, within=within)

    def _set(
        self,
        response: Response,
        name: str,
        value: str,
        *,
        path: str = SIGN_IN_PATH,
        within: timedelta | None = None,
    ) -> None:
        response.set_cookie(
            name,
            value,
            path=path,
            max_age=None if within is None else int(within.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._parts.options.secure_cookies,
        )
