"""`wlc failed-work`: due work that services gave up, to look at or to have tried again."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from cli.audited import write_down
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.selecting import Selection, ServiceOption, check_meant
from cli.service_port import FailedRow, ServicePort
from cli.terminal import JsonOption, say, show_json, show_table
from deploy.accounts import SERVICES

HEADINGS = ("service", "work", "error_code", "tries", "failed_at", "due_at")
NOT_TOLD = re.compile(r"[^A-Za-z0-9._:/-]")
"""What the audit trail takes in no id."""
NONE = "no work was given up."

WorkArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[WORK]...", help="Its collection and id, as `list` shows them."),
]
AllOption = Annotated[bool, typer.Option("--all", help="All of it.")]

verbs = typer.Typer(
    no_args_is_help=True, help="Draws, plans, reminders and e-mails given up: look, try again."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the services that answer have given up, and why the others do not answer."""

    rows: tuple[tuple[ServicePort, FailedRow], ...]
    away: tuple[str, ...]

    def named(self, names: Iterable[str]) -> list[tuple[ServicePort, FailedRow]]:
        """Return those with these names. Raises CommandError for a name that none has."""
        wanted = set(names)
        missing = wanted - {row.name for _, row in self.rows}
        if missing:
            self.check_complete()
            raise CommandError(
                f"no work that was given up is called {', '.join(sorted(missing))}; "
                "`wlc failed-work list` shows what there is.",
                REFUSED,
            )
        return [(port, row) for port, row in self.rows if row.name in wanted]

    def check_complete(self) -> None:
        """Raise CommandError when a service did not answer."""
        if self.away:
            sentence = f"{'; '.join(self.away)}; `wlc status` shows what runs."
            raise CommandError(sentence, UNREACHABLE)


@verbs.command("list")
def list_(
    *,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """List it, with the reason and since when; ends with 3 when a service does not answer.

    Example: `wlc failed-work list --service notification`
    """
    found = _found(Places(data), service)
    if as_json:
        show_json([{"service": port.service, **row.as_json()} for port, row in found.rows])
    elif found.rows:
        cells = [_cells(port, row) for port, row in found.rows]
        show_table(f"failed work: {len(cells)}", HEADINGS, cells)
    elif not found.away:
        say(NONE)
    found.check_complete()


@verbs.command()
def retry(
    work: WorkArgument = None,
    *,
    everything: AllOption = False,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Have it tried again, once the cause is mended; what fails again is given up again.

    Example: `wlc failed-work retry draws/33c9ee59-3bf9-4587-b8ba-1161063f397e`
    """
    names = work or []
    check_meant(names, everything=everything, how="name work as COLLECTION/ID")
    places = Places(data)
    found = _found(places, service)
    meant = found.rows if everything else found.named(names)
    about = (NOT_TOLD.sub("_", f"{port.service}/{row.name}") for port, row in meant)
    write_down(places, "failed_work_retried", about)
    retried = _retry_all(found) if everything else _retry_named(meant)
    if as_json:
        show_json({"retried": retried})
    elif retried or not found.away:
        say(f"to be tried again: {retried}" if retried else NONE)
    if everything:
        found.check_complete()


def _retry_all(found: Found) -> int:
    ports = {port.service: port for port, _ in found.rows}
    return sum(port.retry({}) for port in ports.values())


def _retry_named(meant: Sequence[tuple[ServicePort, FailedRow]]) -> int:
    asked = ((port, {"collection": row.collection, "id": row.id}) for port, row in meant)
    return sum(port.retry(body) for port, body in asked)


def _found(places: Places, service: str | None) -> Found:
    """Ask one service, or all. Raises CommandError where nothing runs."""
    Selection(service)
    if not places.service_urls():
        places.intake_url()
    places.operator_token()
    rows: list[tuple[ServicePort, FailedRow]] = []
    away: list[str] = []
    for name in [service] if service else SERVICES:
        try:
            port = ServicePort.of(places, name)
            rows += [(port, row) for row in port.failed_work()]
        except CommandError as error:
            if error.exit_code != UNREACHABLE:
                raise
            away.append(error.sentence)
    return Found(tuple(rows), tuple(away))


def _cells(port: ServicePort, row: FailedRow) -> tuple[object, ...]:
    return port.service, row.name, row.error_code, row.tries, row.failed_at, row.due_at
