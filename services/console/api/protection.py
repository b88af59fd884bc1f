"""What stands around every request of the console: headers, and no foreign forms."""

import secrets
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, cast

from modern_csrf.asgi import BlockCrossOriginRequests
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    CustomHeader,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from asgiref.typing import ASGIApplication

PARTICIPANT_PATHS = ("/i/", "/d/")
STATIC_PATH = "/static/"
FEED_PATH = "/calendar/"
PREVIEW_PATH = "/previews/"
KEPT: Mapping[str, str] = {FEED_PATH: "private, no-cache"}
"""How long what lies under a path may be kept; else nothing is but files, which say so."""
JUDGED_BY = frozenset({b"host", b"origin", b"sec-fetch-site"})
YEAR = 365 * 24 * 3600


class CrossOriginGuard:
    """Refuses what another site makes a browser send.

    On a participant's page `Origin: null` is let through where the browser says no more: our
    no-referrer policy makes older ones send it with our own forms, and a foreign site would have
    to know the secret link in any case.
    """

    def __init__(self, app: ASGIApp, *, origin: str) -> None:
        self._staff = _guard(app, {origin})
        self._participants = _guard(app, {origin, "null"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] == "http" and not _can_be_judged(scope):
            await PlainTextResponse("This request cannot be read.", 400)(scope, receive, send)
            return
        null_is_ours = (
            scope["type"] == "http"
            and scope["path"].startswith(PARTICIPANT_PATHS)
            and not any(name.lower() == b"sec-fetch-site" for name, _ in scope["headers"])
        )
        await (self._participants if null_is_ours else self._staff)(scope, receive, send)


def _can_be_judged(scope: Scope) -> bool:
    """Whether modern-csrf 2026.10 can read what it goes by: it breaks on what is not ASCII."""
    return all(value.isascii() for name, value in scope["headers"] if name in JUDGED_BY)


def _guard(app: ASGIApp, origins: Container[str]) -> ASGIApp:
    guarded = BlockCrossOriginRequests(cast("ASGIApplication", app), trusted_origins=origins)
    return cast("ASGIApp", guarded)


class ProtectiveHeaders:
    """Says to the browser what it may do with a page; a new nonce each time."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._always = dict(_always(https=https).headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce
        kept = (how for path, how in KEPT.items() if scope["path"].startswith(path))
        keeping = next(kept, "no-store")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._always)
                shows_mail = scope["path"].startswith(PREVIEW_PATH)
                policy = _policy(nonce, styled_within=shows_mail)
                headers["Content-Security-Policy"] = policy.header_value
                if scope["path"].startswith(STATIC_PATH):
                    headers.setdefault("Cache-Control", keeping)
                else:
                    headers["Cache-Control"] = keeping
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _always(*, https: bool) -> Secure:
    return Secure(
        referrer=ReferrerPolicy().no_referrer(),
        xfo=XFrameOptions().deny(),
        xcto=XContentTypeOptions().nosniff(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        permissions=PermissionsPolicy().geolocation().microphone().camera(),
        hsts=StrictTransportSecurity().max_age(YEAR) if https else None,
        custom=[CustomHeader("X-Robots-Tag", "noindex, nofollow")],
    )


def _policy(nonce: str, *, styled_within: bool) -> ContentSecurityPolicy:
    """Return what a page may do.

    An e-mail carries its styles in itself, and the frame that shows it has the rules of the page
    around it: there, and only there, styles may stand in the page. Scripts never may.
    """
    own, nothing = "'self'", "'none'"
    styles = (own, "'unsafe-inline'") if styled_within else (own,)
    return (
        ContentSecurityPolicy()
        .default_src(nothing)
        .script_src(own, ContentSecurityPolicy.nonce(nonce))
        .style_src(*styles)
        .img_src(own)
        .connect_src(own)
        .form_action(own)
        .frame_ancestors(nothing)
        .base_uri(nothing)
    )
