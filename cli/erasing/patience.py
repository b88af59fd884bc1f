"""Going on when a service or a server comes back: of who is forgotten by then no word is known."""

import time
from collections.abc import Callable
from typing import TypeVar

from cli.errors import UNREACHABLE, CommandError, in_lines

PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 120.0
AGAIN = (
    "Then run it again, by id and with --marks-from: who is forgotten by then is searched for by "
    "that alone."
)

T = TypeVar("T")


def patiently(do: Callable[[], T]) -> T:
    """Do it, and again while something cannot be reached. Raises CommandError after a while."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return do()
        except CommandError as error:
            if error.exit_code != UNREACHABLE:
                raise
            if time.monotonic() > ends:
                raise CommandError(in_lines(error.sentence, AGAIN), UNREACHABLE) from error
        time.sleep(PAUSE_SECONDS)
