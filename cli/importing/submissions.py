"""One row of a spreadsheet as `participant.submitted`, with the way back from pointer to column.

What a cell says that cannot be understood passes as it stands: intake judges it together with the
rest, so that all faults of a person are told at once; the sentence about the cell is ours.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from cli.importing import cells
from cli.importing.mapping import CHANNELS, DATES, LISTS, Mapping
from cli.importing.tables import Cell, Row
from cli.outcomes import Finding

TYPE = "wlc.participant.submitted.v1"
SLOTS = "mon 09:00-12:30, or mon morning"
CONTACT_TIMES = f"{SLOTS}; write any time for no times"
REMINDERS = "2 days 18:00, or same day 08:30; write none for no reminders"
AWAY = "{0} to {0}"
EVENT_IDS = UUID("5f0f8a3e-9a27-4a53-9a0b-0d9f7c1a6e11")


@dataclass(slots=True)
class Submitted:
    """What a row says; a `blocked` one cannot be sent without changing its sense."""

    data: dict[str, Any] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    blocked: bool = False

    def event(self, publisher: str, hub: str) -> dict[str, Any]:
        """Wrap it; the same words of the same person make the same event, at any time."""
        reference = str(self.data.get("reference", ""))
        said = json.dumps(self.data, sort_keys=True, ensure_ascii=False).encode()
        name = "\n".join((publisher, hub, reference, hashlib.sha256(said).hexdigest()))
        return {
            "specversion": "1.0",
            "id": str(uuid5(EVENT_IDS, name)),
            "source": publisher,
            "type": TYPE,
            **({"subject": reference} if reference else {}),
            "datacontenttype": "application/json",
            "hub": hub,
            "data": self.data,
        }

    def put(self, path: str, heading: str, value: object) -> None:
        """Set a field, and remember which column said it."""
        place, *names = self.data, *path.split(".")
        for name in names[:-1]:
            place = place.setdefault(name, {})
        place[names[-1]] = value
        self.headings[pointer_of(path)] = heading

    def append(self, path: str, heading: str, value: object) -> str:
        """Add to a list, remember which column said it, and return the path of what was added."""
        place, *names = self.data, *path.split(".")
        for name in names[:-1]:
            place = place.setdefault(name, {})
        found = place.setdefault(names[-1], [])
        self.headings[f"{pointer_of(path)}/{len(found)}"] = heading
        found.append(value)
        return f"{path}.{len(found) - 1}"

    def append_each(
        self, path: str, heading: str, values: Sequence[object], *, part: str, example: str
    ) -> None:
        """Add what was understood of a part of a cell; where that is nothing, the part itself."""
        for value in values:
            self.append(path, heading, value)
        if not values:
            where = self.append(path, heading, part)
            sentence = f"Write each of them like this: {example}."
            self.find_fault(where, heading, "not-understood", sentence)

    def find_fault(self, path: str, heading: str, code: str, sentence: str) -> None:
        """Note what could not be understood."""
        self.findings.append(Finding(pointer_of(path), code, sentence, heading))

    def block(self, path: str, heading: str, code: str, sentence: str) -> None:
        """Note what keeps the row from being sent."""
        self.find_fault(path, heading, code, sentence)
        self.blocked = True


def pointer_of(path: str) -> str:
    """Return the JSON pointer of a field of `data`."""
    return f"/data/{path.replace('.', '/')}" if path else ""


def field_of(pointer: str) -> str | None:
    """Return the field that a JSON pointer into `data` leads to; None outside of it."""
    return pointer.removeprefix("/data/").replace("/", ".") if "/data/" in pointer else None


def submitted(row: Row, mapping: Mapping) -> Submitted:
    """Read a row."""
    found = Submitted()
    for heading, path in mapping.columns.items():
        cell = row.cells.get(heading, "")
        if cell == "":
            continue
        if cells.was_rounded(cell):
            sentence = "Excel has rounded this number; make the column text and type it again."
            found.block(path, heading, "rounded", sentence)
        elif path in LISTS:
            _read_list(found, mapping, heading, cells.text_of(cell))
        elif path.startswith("contacts."):
            _read_contact(found, mapping, heading, cells.text_of(cell))
        else:
            _read_value(found, mapping, heading, cell)
    _prefer(found, row, mapping)
    if row.spill:
        cells_beyond = "1 cell" if row.spill == 1 else f"{row.spill} cells"
        sentence = f"The row has {cells_beyond} beyond the last heading; is a separator too many?"
        found.block("", "the row", "too-many-cells", sentence)
    return found


def _read_list(found: Submitted, mapping: Mapping, heading: str, text: str) -> None:
    path = mapping.columns[heading]
    for part in mapping.parts(heading, text):
        value = mapping.meaning(heading, part)
        if path == "languages":
            found.append(path, heading, {"code": value, "interpreter": False})
        elif path == "languages.interpreter":
            _interpret(found, heading, value)
        elif path == "contact_preference.times":
            _read_contact_times(found, heading, part, value)
        elif path.startswith("availability."):
            _read_availability(found, mapping, heading, part)
        elif path == "reminders":
            _read_reminder(found, heading, part, value)
        else:
            found.append(path, heading, value)


def _interpret(found: Submitted, heading: str, code: object) -> None:
    for language in found.data.get("languages", ()):
        if language["code"] == code:
            language["interpreter"] = True
            return
    found.append("languages", heading, {"code": code, "interpreter": True})


def _read_availability(found: Submitted, mapping: Mapping, heading: str, part: str) -> None:
    path = mapping.columns[heading]
    values: Sequence[object]
    if path == "availability.except":
        days = cells.days(part, mapping.dates.format)
        values, example = [days] if days else [], AWAY.format(mapping.dates.shown)
    else:
        values, example = cells.weekly_slots(part), SLOTS
    found.append_each(path, heading, values, part=part, example=example)


def _read_contact_times(found: Submitted, heading: str, part: str, meaning: object) -> None:
    """Read when a person wants to hear; the words for whenever it is stand alone."""
    if str(meaning).casefold() == cells.ANY_TIME:
        found.data.setdefault("contact_preference", {}).setdefault("times", [])
        return
    slots = cells.weekly_slots(part)
    found.append_each("contact_preference.times", heading, slots, part=part, example=CONTACT_TIMES)


def _read_reminder(found: Submitted, heading: str, part: str, meaning: object) -> None:
    """Read when to remind; the word for never stands alone."""
    if str(meaning).casefold() == cells.NO_REMINDER:
        found.data.setdefault("reminders", [])
        return
    value = cells.reminder(part)
    found.append_each("reminders", heading, [value] if value else [], part=part, example=REMINDERS)


def _read_contact(found: Submitted, mapping: Mapping, heading: str, text: str) -> None:
    channel = mapping.columns[heading].partition(".")[2]
    if channel in CHANNELS:
        contact = {"channel": channel, "value": text, "preferred": False}
        found.append("contacts", heading, contact)


def _prefer(found: Submitted, row: Row, mapping: Mapping) -> None:
    """Mark the preferred contact, which may stand in any column."""
    heading = next((h for h, path in mapping.columns.items() if path == "contacts.preferred"), None)
    word = cells.text_of(row.cells.get(heading, "")) if heading else ""
    if heading is None or not word:
        return
    channel = mapping.meaning(heading, word)
    if channel not in CHANNELS:
        words = ", ".join(mapping.words(heading) or CHANNELS)
        found.block("contacts.preferred", heading, "unknown-channel", f"Write one of: {words}.")
        return
    for contact in found.data.get("contacts", ()):
        if contact["channel"] == channel:
            contact["preferred"] = True
            return
    sentence = "The preferred way to be reached has no address or number in this row."
    found.block("contacts.preferred", heading, "no-such-contact", sentence)


def _read_value(found: Submitted, mapping: Mapping, heading: str, cell: Cell) -> None:
    path = mapping.columns[heading]
    if DATES.fullmatch(path):
        _read_day(found, mapping, heading, cell)
    elif path == "travel_km":
        kilometres = cells.number(cell)
        found.put(path, heading, cells.text_of(cell) if kilometres is None else kilometres)
        if kilometres is None:
            found.find_fault(path, heading, "not-a-number", "Write a number of kilometres.")
    else:
        found.put(path, heading, mapping.meaning(heading, cells.text_of(cell)))


def _read_day(found: Submitted, mapping: Mapping, heading: str, cell: Cell) -> None:
    path = mapping.columns[heading]
    is_moment = path.endswith(".given_at")
    if is_moment and (moment := cells.moment(cell)):
        found.put(path, heading, moment.isoformat())
        return
    day = cells.day(cell, mapping.dates.format)
    if day is None:
        found.put(path, heading, cells.text_of(cell))
        found.find_fault(path, heading, "not-a-date", f"Write the date as {mapping.dates.shown}.")
        return
    found.put(path, heading, cells.start_of(day) if is_moment else day.isoformat())
