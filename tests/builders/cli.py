"""Valid files for the operator's command."""

import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook


def an_event(event_id: str = "e-1", **changes: Any) -> dict[str, Any]:
    """Return an event as another system sends it."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "nwl-trust",
        "type": "wlc.participant.submitted.v1",
        "hub": "west-london",
        "data": {"postcode": "W12 7RZ"},
        **changes,
    }


def a_bad_event(event_id: str) -> dict[str, Any]:
    """Return an event whose postcode is impossible."""
    return an_event(event_id, data={"postcode": "bad"})


def a_file(folder: Path, content: str | bytes, name: str = "people.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def json_lines(*events: Any) -> str:
    """Write one event a line."""
    return "".join(f"{json.dumps(event)}\n" for event in events)


def a_workbook(folder: Path, *rows: list[Any], merged: str | None = None) -> Path:
    """Write a workbook of one sheet."""
    workbook = Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    path = folder / "people.xlsx"
    workbook.save(path)
    return path
