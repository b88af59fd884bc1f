"""`wlc subject-access`."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cli.errors import REFUSED, CommandError, refuse_together
from cli.people import id_named
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.subject_access.bundle import Copy, write
from cli.subject_access.gathering import held_on
from cli.terminal import JsonOption, say, show, show_json
from deploy.embedded import EmbeddedError
from shared.deadlines import today

NOT_WRITTEN = "{} cannot be written to; name another folder."

OutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Where the two files are written.")
]
ReceivedOption = Annotated[
    datetime | None,
    typer.Option(
        "--received", formats=["%Y-%m-%d"], help="The day the request came.", show_default="today"
    ),
]


def subject_access(
    person: Annotated[
        str,
        typer.Argument(
            help="A participant's id, or a publisher's reference; - reads it from standard input."
        ),
    ],
    *,
    out: OutOption = Path(),
    received: ReceivedOption = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Make a copy of all that is held on a person: a page to read, and the same as JSON.

    Every service is asked; where one is away, nothing is written. What is of other people, and who
    of staff did something, is left out. The audit trail says that it was made. Check who asks
    before you hand it over: it says who the person is, and what they need.

    Example: `wlc subject-access NWL-000123 --received 2026-11-20 --out /root/requests`
    """
    day = today(datetime.now(UTC))
    received_on = received.date() if received else day
    names = [each for line in sys.stdin if (each := line.strip())] if person == "-" else [person]
    refuse_together(
        lambda: _check_day(received_on, day), lambda: _check_one(names), lambda: _check_out(out)
    )
    places = Places(data)
    found = UUID(id_named(places, names[0]))
    copy = _copied(places, found, received_on)
    try:
        page, file = write(copy, out)
    except (EmbeddedError, OSError) as error:
        raise CommandError(NOT_WRITTEN.format(out), REFUSED) from error
    told = {
        "participant_id": str(found),
        "due_on": copy.due_on.isoformat(),
        "page": str(page),
        "data": str(file),
        "rows": sum(len(h.rows) for each in copy.held for h in each.holdings),
    }
    if as_json:
        show_json(told)
        return
    for name, value in told.items():
        show(f"{name.replace('_', ' ')}: {value}")
    say(f"{_when(copy.due_on, day)}, to nobody but the person; then delete both.")


def _when(due_on: date, day: date) -> str:
    said = f"{due_on:%A %-d %B %Y}"
    if due_on < day:
        return f"it was due on {said}, which has passed: hand it over now"
    return f"hand it over by {said}"


def _check_day(received_on: date, day: date) -> None:
    if received_on > day:
        raise CommandError("a request cannot have come after today; check --received.")


def _check_one(names: Sequence[str]) -> None:
    if len(names) != 1 or not names[0].strip():
        raise CommandError("name one person, by id or reference, and nobody else.")


def _check_out(out: Path) -> None:
    """Raise CommandError, before anything is asked for, where no file could be written."""
    there = next(each for each in (out, *out.absolute().parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise CommandError(NOT_WRITTEN.format(out), REFUSED)


def _copied(places: Places, person: UUID, received_on: date) -> Copy:
    return Copy(person, received_on, datetime.now(UTC), held_on(places, person))
