"""What an operator does with `wlc` is written into the console's audit trail before it is done."""

import hashlib
import re
from collections.abc import Iterable

from cli.console import ask_console
from cli.errors import UNREACHABLE, CommandError
from cli.places import Places

MOST_AT_ONCE = 100
OF_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def write_down(places: Places, what: str, about: Iterable[str]) -> None:
    """Add a row for each object. Raises CommandError, and then nothing is to be done or shown."""
    _write_down(places, what, about, "it is not done, for it could not be written down")


def write_down_done(places: Places, what: str, about: Iterable[str]) -> None:
    """Add a row for each object of what may be done twice. Raises CommandError: then it will be."""
    _write_down(places, what, about, "it is done, but will be again: it could not be written down")


def _write_down(places: Places, what: str, about: Iterable[str], otherwise: str) -> None:
    objects = list(about)
    for first in range(0, len(objects), MOST_AT_ONCE):
        body = {"what": what, "about": objects[first : first + MOST_AT_ONCE]}
        try:
            ask_console(places, "/v1/audit", body)
        except CommandError as error:
            sentence = f"{otherwise}: {error.sentence}"
            raise CommandError(sentence, error.exit_code or UNREACHABLE) from error


def told_as(message_id: str) -> str:
    """Return what the trail calls a message: ids that a stranger made could say who somebody is."""
    if OF_UUID.fullmatch(message_id.lower()):
        return message_id.lower()
    return f"sha256:{hashlib.sha256(message_id.encode()).hexdigest()[:16]}"
