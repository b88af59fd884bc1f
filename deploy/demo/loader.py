"""The committed input, with every date moved so that it fits the day of the run."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from deploy.demo.shapes import Fields

BASE_DATE = date(2026, 11, 16)
"""The Monday that the dates in the files are counted from."""

INPUT = Path(__file__).parent / "input"
UNMOVED = frozenset({"date_of_birth"})

_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})((?:T[\d:.]+Z)?)")


@dataclass(frozen=True)
class Demo:
    """What the demo sends: events as they stand, and the files that staff import."""

    people_http: tuple[Fields, ...]
    people_amqp: tuple[Fields, ...]
    engagements: tuple[Fields, ...]
    later: tuple[Fields, ...]
    people_csv: Path
    people_xlsx: Path
    mapping: Path
    expected: Fields


def load(today: date) -> Demo:
    """Read the input as it would be sent in the week of `today`.

    Dates move by whole weeks, so that a Monday stays a Monday, and no `time` lies after today.
    Dates of birth stay; so do the two import files, which hold no date that must lie ahead.
    """
    weeks = (today - BASE_DATE) // timedelta(weeks=1)
    by = timedelta(weeks=weeks)
    return Demo(
        people_http=_events("people-http.jsonl", by),
        people_amqp=_events("people-amqp.jsonl", by),
        engagements=_events("engagements.jsonl", by),
        later=_events("later.jsonl", by),
        people_csv=INPUT / "people-import.csv",
        people_xlsx=INPUT / "people-import.xlsx",
        mapping=INPUT / "import-mapping.toml",
        expected=json.loads((INPUT / "expected.json").read_text(encoding="utf-8")),
    )


def _events(file: str, by: timedelta) -> tuple[Fields, ...]:
    lines = (INPUT / file).read_text(encoding="utf-8").splitlines()
    return tuple(_moved_fields(json.loads(line).items(), by) for line in lines)


def _moved_fields(fields: Iterable[tuple[str, object]], by: timedelta) -> Fields:
    return {key: value if key in UNMOVED else _moved(value, by) for key, value in fields}


def _moved(value: object, by: timedelta) -> object:
    if isinstance(value, dict):
        return _moved_fields(value.items(), by)
    if isinstance(value, list):
        return [_moved(item, by) for item in value]
    if isinstance(value, str) and (found := _ISO_DATE.fullmatch(value)):
        return (date.fromisoformat(found[1]) + by).isoformat() + found[2]
    return value
