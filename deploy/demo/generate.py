"""Writes the demo's input, always the same bytes: `python -m deploy.demo.generate [FOLDER]`."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from deploy.demo import census
from deploy.demo.events import afterwards, engagements, event
from deploy.demo.expected import Sent, expected
from deploy.demo.loader import INPUT
from deploy.demo.people import People
from deploy.demo.plan import AMQP, CSV, HTTP, XLSX, Entry, Plan
from deploy.demo.postcodes import postcodes
from deploy.demo.shapes import Fields
from deploy.demo.spreadsheets import csv_bytes, xlsx_bytes

SEED = 20_261_116
SENT_TWICE = 2
"""How many events of each file are sent a second time as they stand, id and all."""


def plan() -> Plan:
    """Draw everybody."""
    rng = Random(SEED)
    boroughs = census.boroughs()
    by_code = postcodes(rng, [borough.code for borough in boroughs])
    by_name = {borough.name: by_code[borough.code] for borough in boroughs}
    drawn = Plan(rng, People(rng, by_name), boroughs)
    drawn.draw()
    drawn.draw_contact_preferences(Random(SEED + 2))
    return drawn


def generate() -> dict[str, bytes]:
    """Return the content of each file by its name."""
    entries = plan().entries
    rng = Random(SEED + 1)
    files: dict[str, bytes] = {}
    sent: dict[str, list[Sent]] = {}
    for file in (HTTP, AMQP):
        lines = _lines(rng, _of(file, entries))
        sent[file] = [_sent(*line, number) for number, line in enumerate(lines, start=1)]
        files[file] = _json_lines(content for _, content in lines)
    for file, write in ((CSV, csv_bytes), (XLSX, xlsx_bytes)):
        rows = _of(file, entries)
        sent[file] = [Sent(entry, number) for number, entry in enumerate(rows, start=1)]
        files[file] = write(entry.submission for entry in rows)
    asked, later = engagements(rng), afterwards(rng, entries)
    files["engagements.jsonl"] = _json_lines(asked)
    files["later.jsonl"] = _json_lines(later)
    files["expected.json"] = json.dumps(expected(sent, asked, later), indent=1).encode() + b"\n"
    return files


def main(folder: Path) -> None:
    """Write every file and say how large it is."""
    for name, content in sorted(generate().items()):
        (folder / name).write_bytes(content)
        sys.stdout.write(f"{name} {len(content):,} bytes\n")


def _of(file: str, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.file == file]


def _lines(rng: Random, entries: list[Entry]) -> list[tuple[Entry, Fields]]:
    lines = [(entry, _event(rng, entry)) for entry in entries]
    for entry, content in rng.sample([line for line in lines if _is_plain(line[0])], SENT_TWICE):
        first = lines.index((entry, content))
        after = rng.randint(first + 1, len(lines))
        lines.insert(after, (replace(entry, repeats="same_id"), content))
    return lines


def _is_plain(entry: Entry) -> bool:
    return entry.fault is None and entry.repeats is None


def _event(rng: Random, entry: Entry) -> Fields:
    data: Fields = {**entry.submission}
    return event(rng, "participant.submitted", entry.publisher, entry.hub, data)


def _sent(entry: Entry, content: Fields, number: int) -> Sent:
    return Sent(entry, number, str(content["id"]))


def _json_lines(events: Iterable[Fields]) -> bytes:
    compact = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in events)
    return "".join(f"{line}\n" for line in compact).encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else INPUT)
