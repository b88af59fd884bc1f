"""`wlc subject-access`."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cli.errors import REFUSED, CommandError
from cli.people import id_named
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.subject_access.bundle import Copy, write
from cli.subject_access.gathering import held_on
from cli.terminal import JsonOption, say, show, show_json
from deploy.embedded import EmbeddedError

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
    today = datetime.now(UTC).date()
    received_on = received.date() if received else today
    if received_on > today:
        raise CommandError("a request cannot have come after today; check --received.")
    places = Places(data)
    name = sys.stdin.readline().strip() if person == "-" else person
    found = UUID(id_named(places, name))
    copy = _copied(places, found, received_on)
    try:
        page, file = write(copy, out)
    except (EmbeddedError, OSError) as error:
        raise CommandError(f"{out} cannot be written to; name another folder.", REFUSED) from error
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
    say(f"hand it over by {copy.due_on:%A %-d %B %Y}, to nobody but the person; then delete both.")


def _copied(places: Places, person: UUID, received_on: date) -> Copy:
    return Copy(person, received_on, datetime.now(UTC), held_on(places, person))
