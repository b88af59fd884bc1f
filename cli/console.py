"""Reading the console's JSON addresses, and asking things of them, with the staff token."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from cli.errors import REFUSED, UNREACHABLE, WRONG_USAGE, CommandError, unreachable
from cli.places import CONSOLE_URL, STAFF_TOKEN, Places
from cli.trust import trusted

TIMEOUT_SECONDS = 30.0
MISTAKES = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
NOT_DONE = MISTAKES | {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}


def read_console(
    places: Places, path: str, *, nothing: CommandError | None = None, **query: str | None
) -> Any:
    """Return what an address holds; raises `nothing` for 404, CommandError if it is unreadable."""
    asked = {name: value for name, value in query.items() if value is not None}
    response = _asked(places, "GET", path, params=asked)
    if response.status_code == HTTPStatus.NOT_FOUND:
        sentence = f"{places.console_url()} has no such address; check {CONSOLE_URL}."
        raise nothing or CommandError(sentence)
    if response.status_code in MISTAKES:
        raise CommandError(_reason(response))
    return _read(response)


def ask_console(
    places: Places, path: str, body: Mapping[str, Any], *, nothing: CommandError | None = None
) -> Any:
    """Return what the console answers to something asked of it; CommandError says why not.

    Raises `nothing`, where it is given, for 404.
    """
    response = _asked(places, "POST", path, json=body)
    if nothing and response.status_code == HTTPStatus.NOT_FOUND:
        raise nothing
    if response.status_code in NOT_DONE:
        code = WRONG_USAGE if response.status_code in MISTAKES else REFUSED
        raise CommandError(_reason(response), code)
    return _read(response)


def _asked(places: Places, method: str, path: str, **what: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {places.staff_token()}"}
    url = f"{places.console_url()}{path}"
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, verify=trusted()) as client:
            response = client.request(method, url, headers=headers, **what)
    except httpx.TransportError as error:
        raise unreachable("the console", CONSOLE_URL) from error
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        raise CommandError(f"the console refuses the staff token; check {STAFF_TOKEN}.")
    if response.status_code == HTTPStatus.FORBIDDEN:
        raise CommandError(_reason(response), REFUSED)
    return response


def _read(response: httpx.Response) -> Any:
    if not response.is_success:
        sentence = f"the console answered {response.status_code}; read its log and try again."
        raise CommandError(sentence, UNREACHABLE)
    return response.json()


def _reason(response: httpx.Response) -> str:
    """Return what the console says; of an address that it has not, that it is another one."""
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    said = problem.get("detail") if isinstance(problem, dict) else None
    return f"{said or f'the console answered {response.status_code}; check {CONSOLE_URL}.'}"
