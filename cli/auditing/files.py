"""The audit trail as a file: JSON Lines, a heading and then each block with the rows it seals."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.auditing.trail import kept_since
from cli.errors import CommandError
from shared.audit_chain import Found, canonical, check

Document = dict[str, Any]
KIND = "wlc-audit-trail"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds."""

    blocks: list[Document]
    rows: list[Document]


def lines_of(contents: Contents) -> Iterator[str]:
    """Yield the lines of a file: the same contents are always written alike."""
    last = contents.blocks[-1] if contents.blocks else {}
    yield canonical(
        {
            "kind": KIND,
            "blocks": len(contents.blocks),
            "rows": len(contents.rows),
            "head": last.get("head"),
        }
    )
    rows = {row["_id"]: row for row in contents.rows}
    for block in contents.blocks:
        yield canonical({"block": block})
        for entry in block["entries"]:
            if entry["row"] in rows:
                yield canonical({"row": rows[entry["row"]]})


def write(path: Path, contents: Contents) -> None:
    """Make the file, readable by its owner only. Raises CommandError."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines_of(contents))
    except FileExistsError as error:
        raise CommandError(f"{path} is there already; name another file.") from error
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def check_file(path: Path) -> Found:
    """Check a file as it stands, each byte of it. Raises CommandError for what is no such file."""
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        return Found(faults=["the file is no text: it was changed"])
    lines = text.split("\n")
    contents, faults = _read(lines)
    found = check(contents.blocks, contents.rows, kept_since())
    faults += found.faults
    faults += [f"row {row.get('_id')} is in no block" for row in found.unsealed]
    found.unsealed = []
    found.faults = faults or list(_not_as_written(lines, contents))
    return found


def _read(lines: Iterable[str]) -> tuple[Contents, list[str]]:
    blocks: list[Document] = []
    rows: list[Document] = []
    faults: list[str] = []
    kinds = {"block": blocks, "row": rows}
    for number, line in enumerate(lines, start=1):
        if number == 1 or not line:
            continue
        name, document = _document(line)
        if name in kinds:
            kinds[name].append(document)
        else:
            faults.append(f"line {number} cannot be read")
    return Contents(blocks, rows), faults


def _document(line: str) -> tuple[str, Document]:
    try:
        [(name, document)] = json.loads(line).items()
        return (name, document) if isinstance(document, dict) else ("", {})
    except (ValueError, AttributeError, RecursionError):
        return "", {}


def _not_as_written(lines: list[str], contents: Contents) -> Iterator[str]:
    """Say where a file, whose chain holds, is otherwise not what was taken away."""
    wanted = [*lines_of(contents), ""]
    for number, (line, written) in enumerate(zip(lines, wanted, strict=False), start=1):
        if line != written:
            yield f"line {number} is not as it was written"
            return
    if len(lines) != len(wanted):
        yield "lines were added at the end, or the last one was cut"
