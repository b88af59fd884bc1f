"""`wlc import participants`: reads the file, sends its rows, tells of faults by row and column."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.http_door import HttpDoor
from cli.importing.sheets import Sheet, read_sheet
from cli.outcomes import Outcome, Report
from cli.places import DEFAULT_FOLDER, INTAKE_URL, DataOption, Places
from cli.sending import Doors, send
from cli.terminal import JsonLinesOption, progress, say

PUBLISHER = "staff-import"

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Excel or OpenDocument.")]
HubOption = Annotated[
    str, typer.Option("--hub", envvar="WLC_HUB", help="The hub the people belong to.")
]
MappingOption = Annotated[
    Path | None, typer.Option("--mapping", help="TOML: what the headings mean.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Check the form of each row, and send nothing.")
]
PublisherOption = Annotated[
    str | None, typer.Option("--publisher", help="In whose name.", show_default=PUBLISHER)
]


def participants(
    file: FileArgument,
    *,
    hub: HubOption = "west-london",
    mapping: MappingOption = None,
    dry_run: DryRunOption = False,
    publisher: PublisherOption = None,
    as_json: JsonLinesOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Register or update people from a spreadsheet.

    Names the row and column of each fault; rows without one take effect. The same file twice
    changes nothing. Without --mapping the headings are names of fields: `contacts.email`.

    Example: `wlc import participants people.xlsx --hub west-london --mapping columns.toml`
    """
    places = Places(data)
    places.refuse_unknown_hub(hub, INTAKE_URL)
    sheet = read_sheet(file, mapping)
    report = Report(as_json=as_json, only_findings=True, only_checked=dry_run)
    with progress("checking" if dry_run else "importing", len(sheet.rows)) as bar:
        for outcomes in sheet.checked() if dry_run else _sent(sheet, places, publisher, hub):
            report.add(outcomes)
            bar.advance(bar.task_ids[0], len(outcomes))
    if dry_run:
        say("nothing was sent; only intake can check postcodes, numbers and codes.")
    raise typer.Exit(report.close())


def _sent(sheet: Sheet, places: Places, publisher: str | None, hub: str) -> Iterator[list[Outcome]]:
    intake_url, access = places.intake_url(), places.publisher(publisher, PUBLISHER)
    doors = Doors(lambda _source: HttpDoor(intake_url, access))
    for outcomes in send(sheet.events(access.name, hub), doors):
        yield [sheet.by_column(outcome) for outcome in outcomes]
