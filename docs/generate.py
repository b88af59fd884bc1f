#!/usr/bin/env python3
"""Writes the documents that follow from the code; `--check` names those that drifted instead."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generating import asyncapi, openapi, page, rights, schemas

from shared.contracts import ALL_EVENTS
from shared.contracts.submissions import SUBMISSIONS

DOCS = Path(__file__).resolve().parent
SCHEMAS = DOCS / "events" / "schemas"


def documents() -> dict[Path, str]:
    """Return the text of every generated file."""
    found = {DOCS / "events.md": page.render(), DOCS / "asyncapi.json": _json(asyncapi.document())}
    found[DOCS / "authorisation.md"] = rights.render()
    for event in ALL_EVENTS:
        found[SCHEMAS / f"{event.TYPE}.json"] = _json(schemas.event_schema(event))
    for event_type in SUBMISSIONS:
        found[SCHEMAS / f"{event_type}.json"] = _json(schemas.submission_schema(event_type))
    for service in openapi.SERVICES:
        found[DOCS / "openapi" / f"{service}.json"] = _json(openapi.document(service))
    return found


def drifted(wanted: Mapping[Path, str]) -> Iterator[str]:
    """Name each file that is not what the code says."""
    for path, text in sorted(wanted.items()):
        if not path.exists():
            yield f"{_name(path)} is missing"
        elif path.read_text(encoding="utf-8") != text:
            yield f"{_name(path)} has drifted"
    for path in sorted(set(SCHEMAS.glob("*.json")) - set(wanted)):
        yield f"{_name(path)} belongs to no event"


def write(wanted: Mapping[Path, str]) -> None:
    """Write every file, and remove the schemas of events that are gone."""
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in set(SCHEMAS.glob("*.json")) - set(wanted):
        path.unlink()


def main(arguments: list[str]) -> int:
    """Return the exit code: 1 when something drifted, 2 for a wrong argument."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: docs/generate.py [--check]\n")
        return 2
    wanted = documents()
    if not arguments:
        write(wanted)
        return 0
    faults = list(drifted(wanted))
    for fault in faults:
        sys.stderr.write(f"{fault}; run docs/generate.py\n")
    return 1 if faults else 0


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _name(path: Path) -> str:
    return str(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
