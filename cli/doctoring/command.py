"""`wlc doctor`: makes all checks in order, after putting right what may be put right."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Annotated

import typer

from cli.broker import ask
from cli.doctoring.certificates import check_certificates
from cli.doctoring.checks import Check
from cli.doctoring.clocks import check_clocks, here
from cli.doctoring.database import check_database
from cli.doctoring.disk import check_folder
from cli.doctoring.rabbit import check_broker, refusing_as_check
from cli.doctoring.services import check_services
from cli.doctoring.structure import mend, wanted
from cli.errors import UNREACHABLE, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.status import statuses
from cli.terminal import JsonOption, say, show, show_json

LOOKS, LOOK_SECONDS = 20, 1.0

FixOption = Annotated[
    bool, typer.Option("--fix", help="First make and replace exchanges, queues and bindings.")
]


def doctor(
    *, fix: FixOption = False, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER
) -> None:
    """Check servers, queues, disks, clocks and services, and say what to do.

    With `--fix`, queues that an upgrade changed are replaced without loss, while all runs; it may
    be broken off and run again. Ends with 3 when something needed is away, with 1 when something
    needs attention.

    Example: `wlc doctor --fix`
    """
    places = Places(data)
    checks = [*(_mended(places) if fix else ()), *run_checks(places, data)]
    if as_json:
        show_json([{"check": c.name, "well": not c.exit_code, "says": c.sentence} for c in checks])
    else:
        for check in checks:
            mark, style = ("ill ", "red") if check.exit_code else ("well", "green")
            show(f"{mark}  {check.name}: {check.sentence}", style)
    codes = {check.exit_code for check in checks}
    raise typer.Exit(UNREACHABLE if UNREACHABLE in codes else max(codes))


def run_checks(places: Places, folder: Path) -> Iterator[Check]:
    """Make all checks; none of them changes anything."""
    yield check_folder(folder)
    servers = [*check_broker(places), *check_database(places)]
    yield from servers
    yield from check_services(places, {check.name for check in servers if not check.exit_code})
    yield from check_certificates(places, here())
    yield from check_clocks(places)


def _mended(places: Places) -> list[Check]:
    def mended() -> list[Check]:
        urls = places.service_urls()
        done = ask(places.rabbit_url(), lambda channel: mend(channel, wanted(), urls, say))
        if len(done) > 1:
            _wait_for_readers(places)
        return done

    return refusing_as_check(mended)


def _wait_for_readers(places: Places) -> None:
    """Give services the time to read what was made or replaced; who still does not is told."""
    say("waiting until the services read their queues")
    with suppress(CommandError):
        for _ in range(LOOKS):
            if all(one.ready for one in statuses(places).values()):
                return
            sleep(LOOK_SECONDS)
