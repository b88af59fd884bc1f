"""The files that the demo sends, whole or a part of them, and what intake must say of each."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook
from pydantic import BaseModel, ConfigDict

from deploy.demo.loader import Demo
from deploy.demo.shapes import Fields

SENT_BY_AMQP_LATER = "borough-of-brent"
HEADINGS = 1
EMAIL_HEADING, PREFERRED_HEADING = "E-mail address", "Prefers"


class ExpectedFault(BaseModel):
    """A submission that must be refused; rows count from 1 under the headings."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    id: str | None = None
    pointers: frozenset[str]

    @property
    def key(self) -> str:
        return self.id or f"row {self.number + HEADINGS}"


class ExpectedFile(BaseModel):
    """What must become of a file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    repeated: dict[str, int] = {}
    faults: tuple[ExpectedFault, ...] = ()


class ExpectedEngagements(BaseModel):
    """What must become of the engagements."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    infeasible: frozenset[str]
    cancelled_later: frozenset[str]


class Expected(BaseModel):
    """What `expected.json` says, as far as it is compared."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    files: dict[str, ExpectedFile]
    participants_by_hub: dict[str, int]
    engagements: ExpectedEngagements


@dataclass(frozen=True)
class Parcel:
    """A file as it is handed to `wlc`, through one door."""

    name: str
    door: str
    words: tuple[str, ...]
    count: int
    must_be_refused: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shipment:
    """All that is sent; `is_whole` unless only some of the people are."""

    people: tuple[Parcel, ...]
    engagements: Parcel
    later: tuple[Parcel, ...]
    expected: Expected
    is_whole: bool
    keep_off: frozenset[str]
    """E-mail addresses of people who want to be told in another way."""

    @property
    def repeated(self) -> int:
        """How many submissions at most are of people already known."""
        return sum(sum(file.repeated.values()) for file in self.expected.files.values())


class Packer:
    """Writes the files into a folder; `share` is the part of the people that is sent."""

    def __init__(self, demo: Demo, folder: Path, share: float) -> None:
        self._demo = demo
        self._folder = folder
        self._share = share
        self._expected = Expected.model_validate(demo.expected)
        self._needed = {str(event["subject"]) for event in demo.later}

    def pack(self) -> Shipment:
        """Write everything."""
        self._folder.mkdir(exist_ok=True)
        http = self._some(self._demo.people_http)
        amqp = self._some(self._demo.people_amqp)
        later = self._demo.later
        council = [event for event in later if event["source"] == SENT_BY_AMQP_LATER]
        rest = [event for event in later if event["source"] != SENT_BY_AMQP_LATER]
        return Shipment(
            people=(
                self._events("people-http.jsonl", "http", http),
                self._events("people-amqp.jsonl", "amqp", amqp),
                self._rows("people-import.csv", self._cut_csv()),
                self._rows("people-import.xlsx", self._cut_workbook()),
            ),
            engagements=self._events("engagements.jsonl", "http", self._demo.engagements),
            later=(
                self._events("later-http.jsonl", "http", rest),
                self._events("later-amqp.jsonl", "amqp", council),
            ),
            expected=self._expected,
            is_whole=self._share == 1,
            keep_off=self._keep_off([*http, *amqp]),
        )

    def _some(self, events: Sequence[Fields]) -> list[Fields]:
        kept = round(len(events) * self._share)
        needed = [event for event in events[kept:] if event["subject"] in self._needed]
        return [*events[:kept], *needed]

    def _events(self, name: str, door: str, events: Sequence[Fields]) -> Parcel:
        path = self._folder / name
        lines = (json.dumps(event, ensure_ascii=False) for event in events)
        path.write_text("\n".join(lines), encoding="utf-8")
        ids = {str(event["id"]) for event in events}
        words = ("publish", str(path), "--via", door, "--json")
        return Parcel(name, door, words, len(events), self._refused(name, ids))

    def _rows(self, name: str, count: int) -> Parcel:
        places = {f"row {number + HEADINGS}" for number in range(1, count + 1)}
        mapping = ("--mapping", str(self._demo.mapping))
        hub = ("--hub", "west-london")
        words = ("import", "participants", str(self._folder / name), *mapping, *hub, "--json")
        door = name.rpartition(".")[2]
        return Parcel(name, door, words, count, self._refused(name, places))

    def _refused(self, name: str, sent: set[str]) -> dict[str, frozenset[str]]:
        file = self._expected.files.get(name)
        faults = file.faults if file else ()
        return {fault.key: fault.pointers for fault in faults if fault.key in sent}

    def _cut_csv(self) -> int:
        source = self._demo.people_csv
        with source.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        kept = rows[: HEADINGS + round((len(rows) - HEADINGS) * self._share)]
        with (self._folder / source.name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(kept)
        return len(kept) - HEADINGS

    def _cut_workbook(self) -> int:
        source = self._demo.people_xlsx
        workbook = load_workbook(source)
        sheet = workbook.worksheets[0]
        people = sheet.max_row - HEADINGS
        kept = round(people * self._share)
        if kept < people:
            sheet.delete_rows(HEADINGS + kept + 1, people - kept)
        workbook.save(self._folder / source.name)
        return kept

    def _keep_off(self, events: Iterable[Fields]) -> frozenset[str]:
        wanted: set[str] = set()
        known: set[str] = set()
        for address, prefers in (*_addresses(events), *self._addresses_in_csv()):
            known.add(address)
            if prefers == "email":
                wanted.add(address)
        return frozenset(known - wanted)

    def _addresses_in_csv(self) -> list[tuple[str, str]]:
        path = self._folder / self._demo.people_csv.name
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        found = ((row[EMAIL_HEADING].strip().lower(), row[PREFERRED_HEADING]) for row in rows)
        return [
            (address, "email" if "mail" in prefers.lower() else "other")
            for address, prefers in found
            if address
        ]


def _addresses(events: Iterable[Fields]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for event in events:
        data = event["data"]
        contacts = data.get("contacts", []) if isinstance(data, dict) else []
        prefers = next((c["channel"] for c in contacts if c.get("preferred")), "")
        found += [(c["value"].lower(), prefers) for c in contacts if c["channel"] == "email"]
    return found
