"""Reading the console's JSON addresses with the staff token."""

from http import HTTPStatus
from typing import Any

import httpx

from cli.errors import UNREACHABLE, CommandError, unreachable
from cli.places import CONSOLE_URL, STAFF_TOKEN, Places

TIMEOUT_SECONDS = 30.0


def read_console(
    places: Places, path: str, *, nothing: CommandError | None = None, **query: str | None
) -> Any:
    """Return what an address holds; raises `nothing` for 404, CommandError if it is unreadable."""
    asked = {name: value for name, value in query.items() if value is not None}
    headers = {"Authorization": f"Bearer {places.staff_token()}"}
    url = f"{places.console_url()}{path}"
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            response = client.get(url, params=asked, headers=headers)
    except httpx.TransportError as error:
        raise unreachable("the console", CONSOLE_URL) from error
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise CommandError(f"the console refuses the staff token; check {STAFF_TOKEN}.")
    if response.status_code == HTTPStatus.NOT_FOUND:
        sentence = f"{places.console_url()} has no such address; check {CONSOLE_URL}."
        raise nothing or CommandError(sentence)
    if not response.is_success:
        sentence = f"the console answered {response.status_code}; read its log and try again."
        raise CommandError(sentence, UNREACHABLE)
    return response.json()
