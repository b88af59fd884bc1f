"""`wlc reach`: whom each hub reaches, and whom it fails to reach."""

from typing import Annotated, Any

import typer

from cli.console import read_console
from cli.places import CONSOLE_URL, DEFAULT_FOLDER, DataOption, Places
from cli.showing import HubOption
from cli.terminal import JsonOption, show, show_json, show_table

HIDDEN = "*"
STEPS = ("told", "reached", "answered")
NONE = {"channel": "no message yet", "need": "no needs given"}
NOT_GIVEN = "not given"
Row = dict[str, Any]


def reach(
    *,
    hub: HubOption = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="MONTH", help="First month, such as 2026-04.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="MONTH", help="Last month; this one by default.")
    ] = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show how many people were asked, told, reached and answered, by channel, need and group.

    Numbers below 5 are hidden, all others rounded to a multiple of 5.

    Example: `wlc reach --hub west-london --from 2026-04`
    """
    places = Places(data)
    places.refuse_unknown_hub(hub, CONSOLE_URL)
    months = {"from": first, "to": last}
    found = read_console(places, "/v1/reach", nothing=None, hub=hub, **months)
    if as_json:
        show_json(found)
        return
    for each in found:
        _show(each)


def _show(found: Row) -> None:
    title = f"{found['hub']}, {found['from'][:7]} to {found['to'][:7]}"
    headings = ["by", "who", "asked", *STEPS]
    rows = [["", "everybody", *_cells(found["everybody"])]]
    for table in found["by"]:
        feature = table["feature"]
        if not table["rows"]:
            rows.append([feature, "all too few to be shown"])
        none = NONE.get(feature, NOT_GIVEN)
        rows += [[feature, row["value"] or none, *_cells(row)] for row in table["rows"]]
    show_table(title, headings, [[*row, *[""] * (len(headings) - len(row))] for row in rows])
    show(f"{HIDDEN} is a number below 5, or one that would give such a number away.")


def _cells(row: Row) -> list[str]:
    return [_cell(row["asked"], None), *(_cell(row[s], row[f"{s}_percent"]) for s in STEPS)]


def _cell(count: int | None, share: int | None) -> str:
    if count is None:
        return HIDDEN
    return f"{count}" if share is None else f"{count} ({share}%)"
