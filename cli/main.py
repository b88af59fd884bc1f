"""`wlc`, the operator's command: ends in order, before a verb runs and after it has said all."""

import errno
import logging
import os
import sys

from cli.errors import INTERRUPTED, REFUSED, UNREACHABLE

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def run() -> None:
    """Run the command line."""
    try:
        _run_verb()
    except KeyboardInterrupt:
        _end(INTERRUPTED)
    except BrokenPipeError:
        _end(REFUSED)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        sys.stderr.write("wlc: there is no room to write to; make some and run it again.\n")
        _end(UNREACHABLE)


def _run_verb() -> None:
    from cli.verbs import app  # noqa: PLC0415 - it takes a second, in which Ctrl-C is to be heard

    for library in ("aio_pika", "aiormq"):  # what they log, a sentence of ours says better
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    try:
        app()
    finally:
        sys.stdout.flush()


def _end(code: int) -> None:
    """End without another try to write what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
