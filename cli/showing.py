"""`wlc matches`, `wlc sessions`: the console's read models on a terminal."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import read_console
from cli.places import CONSOLE_URL, DEFAULT_FOLDER, DataOption, Places
from cli.terminal import JsonOption, show_json, show_table
from shared.contracts.matches import MatchStatus
from shared.contracts.sessions import SessionStatus

ONLY_STATUS = typer.Option("--status", help="Only this status.")
HubOption = Annotated[str | None, typer.Option("--hub", help="Only this hub.")]
Row = dict[str, Any]

MATCHES: dict[str, Callable[[Row], object]] = {
    "engagement": lambda row: row["engagement_reference"],
    "hub": lambda row: row["hub"],
    "status": lambda row: row["status"],
    "places": lambda row: row["places"],
    "panel": lambda row: len(row["panel"]),
    "reserves": lambda row: len(row["reserves"]),
    "eligible": lambda row: row["eligible"],
    "quotas met": lambda row: _quotas_met(row["quotas"]),
    "match": lambda row: row["match_id"],
}
SESSIONS: dict[str, Callable[[Row], object]] = {
    "engagement": lambda row: row["engagement_reference"],
    "hub": lambda row: row["hub"],
    "status": lambda row: row["status"],
    "starts": lambda row: row["starts_at"],
    "venue": lambda row: _venue(row["venue"]),
    "answers": lambda row: _answers(row["attendees"]),
    "session": lambda row: row["session_id"],
}


def matches(
    *,
    hub: HubOption = None,
    status: Annotated[MatchStatus | None, ONLY_STATUS] = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show the matches, with panel, reserves and quotas.

    Example: `wlc matches --hub west-london --status proposed`
    """
    show_rows(data, "/v1/matches", (hub, status), MATCHES, as_json=as_json)


def sessions(
    *,
    hub: HubOption = None,
    status: Annotated[SessionStatus | None, ONLY_STATUS] = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show the sessions, and who answered what.

    Example: `wlc sessions --json | jq '.[].starts_at'`
    """
    show_rows(data, "/v1/sessions", (hub, status), SESSIONS, as_json=as_json)


def show_rows(
    data: Path,
    path: str,
    only: tuple[str | None, StrEnum | None],
    columns: dict[str, Callable[[Row], object]],
    *,
    as_json: bool,
) -> None:
    """Print the rows of one of the console's lists, only those of a hub and a status."""
    hub, status = only
    places = Places(data)
    places.refuse_unknown_hub(hub, CONSOLE_URL)
    rows = read_console(places, path, hub=hub, status=status)
    if as_json:
        show_json(rows)
        return
    cells = ([cell(row) for cell in columns.values()] for row in rows)
    show_table(f"{path.rpartition('/')[2]}: {len(rows)}", list(columns), cells)


def _quotas_met(quotas: Sequence[Row]) -> str:
    met = sum(quota["min"] <= quota["selected"] <= quota["max"] for quota in quotas)
    return f"{met} of {len(quotas)}" if quotas else "none set"


def _venue(venue: Row | str | None) -> str:
    return str(venue.get("name", "")) if isinstance(venue, dict) else venue or ""


def _answers(attendees: Sequence[Row]) -> str:
    answers = [attendee["answer"] for attendee in attendees]
    return ", ".join(f"{answers.count(answer)} {answer}" for answer in sorted(set(answers)))
