"""Valid files for the operator's command."""

import json
import os
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from deploy.accounts import StaffAccount
from deploy.local.processes import Process
from deploy.local.state import Addresses, PublisherAccess, Run

PUBLISHER_KEYS = {"nwl-trust": "pk_nwl-trust_secret", "lambeth-hub": "pk_lambeth-hub_other"}


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


def a_run(url: str) -> Run:
    """Return an installation that this process keeps running; all its services are at one URL."""
    known = [
        PublisherAccess(name=name, key=key, amqp_url=f"amqp://{name}:secret@127.0.0.1:9/app")
        for name, key in PUBLISHER_KEYS.items()
    ]
    found = Addresses(
        intake_url=url,
        console_url=url,
        rabbit_url="amqp://operator:secret@127.0.0.1:9/app",
        mongo_url="mongodb://operator:secret@127.0.0.1:9/",
        mail_dir="mail",
        publishers=tuple(known),
        staff=StaffAccount(password="the-password", token="st_secret"),
        operator_token="op_secret",
        services={"intake": url, "console": url},
    )
    return Run(supervisor=Process.of(os.getpid()), addresses=found)
