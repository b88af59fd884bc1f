"""What a failure says: a page to people, problem+json (RFC 9457) to scripts; never its own text."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match

from services.console.api.access import COOKIE
from services.console.api.rendering import Pages
from services.console.api.sign_in.paths import UNDONE
from services.console.use_cases.previews import ABOUT
from shared.errors import AppError

JSON_PATH = "/v1/"
PROBLEM = "application/problem+json"

CODES_MOVED_ON = (
    "Your one-time codes changed meanwhile. Look at the page of your account. If you could not keep"
    " your recovery codes, switch the codes off there and set them up again."
)

SAID: Mapping[str, tuple[int, str]] = {
    "sign-in-needed": (401, "Sign in, or send a staff token as `Authorization: Bearer …`."),
    "role-too-small": (
        403,
        "Your role does not allow this. Ask whoever looks after the accounts of your hub.",
    ),
    "not-found": (
        404,
        "There is nothing here, or it belongs to a hub in which you may not do this.",
    ),
    "match-moved-on": (409, "This match changed while you looked; please look again."),
    "match-not-open": (409, "This match does not wait for a decision any more."),
    "match-being-drawn": (
        409,
        "The panel is being drawn again by what staff changed; wait for it.",
    ),
    "too-many-live": (429, "This account has too many pages open. Close some of them."),
    "decision-gone": (
        409,
        "This decision is not held any more: somebody undid it, or it was told.",
    ),
    "other-reason": (
        422,
        "This is not a reason for this decision. Choose another one.",
    ),
    "attendance-not-now": (
        409,
        "Who came can be noted from when the session begins until 30 days after it.",
    ),
    "session-moved-on": (409, "This session changed while you looked; please look again."),
    "unknown-kind": (
        422,
        f"There is no such kind of message. There are {', '.join(ABOUT)}.",
    ),
    "other-subject": (
        422,
        "This kind of message is about something else: name an invitation, a match or a session.",
    ),
    "nothing-to-preview": (
        404,
        "There is nothing yet that a message of this kind could be about.",
    ),
    "unknown-period": (422, "Name months as 2026-04 or days as 2026-04-01, the first one first."),
    "unknown-filter": (400, "This filter is not known. Open the list and choose one from there."),
    "too-late": (409, "This invitation does not take this answer any more."),
    "takes-part-no-more": (
        409,
        "This person does not take part any more. Their details cannot be changed here.",
    ),
    "details-moved-on": (409, "These details changed while you looked; please look again."),
    "too-many-tries": (429, "Too many wrong tries. Wait 15 minutes, then try again."),
    "codes-needed": (403, "Set up one-time codes on the page of your account first."),
    "codes-moved-on": (409, CODES_MOVED_ON),
    "own-codes": (409, "Switch your own codes off on the page of your account."),
    "works-elsewhere": (
        403,
        "This account also works in another hub. Ask an operator of all of its hubs.",
    ),
    "conflict": (409, "Somebody else changed this at the same moment; please try again."),
    "unavailable": (503, "The console cannot reach its database; please try again in a minute."),
    "malformed": (500, "What is stored here cannot be read; please tell whoever runs this system."),
}
UNREADABLE = (
    "Something in the address of this page, or in what was sent from it, cannot be read."
    " Go back and try again, or begin at the start."
)
NO_PAGE = "There is no page at this address. Check that it is written as it should be."
OTHER = (500, "Something went wrong here; please try again.")


def add_failures(app: FastAPI, pages: Pages) -> None:
    """Teach the app to answer every failure that is foreseen."""

    async def on_app_error(request: Request, error: Exception) -> Response:
        code = error.code if isinstance(error, AppError) else ""
        status, sentence = SAID.get(code, OTHER)
        if code in LEADS_TO and not _is_json(request):
            return RedirectResponse(LEADS_TO[code](request), HTTPStatus.SEE_OTHER)
        return _answer(request, status, code, sentence)

    async def on_http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        code = "not-found" if status == HTTPStatus.NOT_FOUND else f"http-{status}"
        said = NO_PAGE if code == "not-found" and not _is_json(request) else ""
        return _answer(request, status, code, said or HTTPStatus(status).phrase + ".")

    async def on_bad_request(request: Request, error: Exception) -> Response:
        if not _is_json(request):
            return _answer(request, 400, "malformed-request", UNREADABLE)
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        where = ["/" + "/".join(str(step) for step in fault["loc"][1:]) for fault in faults]
        sentence = "This request cannot be read: see " + ", ".join(where) + "."
        return _answer(request, 422, "malformed-request", sentence)

    def _answer(request: Request, status: int, code: str, sentence: str) -> Response:
        if not _is_json(request):
            context = {"sentence": sentence, "is_staff": COOKIE in request.cookies}
            return pages.show(request, "failure.html", status_code=status, **context)
        body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": code,
            "detail": sentence,
        }
        wanted = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
        return JSONResponse(body, status, headers=wanted, media_type=PROBLEM)

    app.add_exception_handler(AppError, on_app_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_bad_request)


def _codes(_: Request) -> str:
    return "/account/codes"


def _is_json(request: Request) -> bool:
    return request.url.path.startswith(JSON_PATH)


def _sign_in(request: Request) -> str:
    if request.method != "GET":
        return f"/sign-in?wanted={quote(_page_above(request))}&{UNDONE}=yes"
    asked = request.url.path
    return "/sign-in" if asked == "/" else f"/sign-in?wanted={quote(asked)}"


def _page_above(request: Request) -> str:
    """Return the page from which a form was most likely sent: the next address up that is one."""
    path: str = request.url.path
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path, "method": "GET"}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


LEADS_TO: Mapping[str, Callable[[Request], str]] = {
    "sign-in-needed": _sign_in,
    "codes-needed": _codes,
}
"""Where a page leads instead of saying what is missing."""
