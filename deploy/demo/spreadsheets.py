"""The two files that staff import: what a sheet in an office looks like."""

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from xml.etree.ElementTree import canonicalize

from openpyxl import Workbook
from pydantic import BaseModel, ConfigDict

from deploy.demo.loader import INPUT
from deploy.demo.shapes import Submission

Cell = str | int | date
Cells = dict[str, Cell | list[str]]

SAVED_AT = "2026-11-15T09:00:00Z"


class Dates(BaseModel):
    format: str


class Mapping(BaseModel):
    """Heading to field, and the words that stand in the cells."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str]
    lists: dict[str, str]
    dates: Dates
    values: dict[str, dict[str, str | bool]]

    def row(self, submission: Submission) -> list[Cell]:
        """Write a submission into the columns, in words."""
        cells = dict(_cells(submission, self.dates.format))
        return [self._cell(heading, cells.get(path, "")) for heading, path in self.columns.items()]

    def _cell(self, heading: str, value: Cell | list[str]) -> Cell:
        if isinstance(value, list):
            separator = self.lists[heading]
            joint = separator if separator == "\n" else f"{separator} "
            return joint.join(str(self._words(heading, item)) for item in value)
        return self._words(heading, value)

    def _words(self, heading: str, value: Cell) -> Cell:
        words = {meant: word for word, meant in self.values.get(heading, {}).items()}
        return words[value] if isinstance(value, str | bool) and value in words else value


def mapping() -> Mapping:
    """Read the mapping that the importer reads."""
    return Mapping.model_validate(tomllib.loads((INPUT / "import-mapping.toml").read_text("utf-8")))


def csv_bytes(submissions: Iterable[Submission]) -> bytes:
    """Write what a British Excel saves: a byte-order mark, semicolons, newlines in quotes."""
    columns = mapping()
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns.columns)
    for submission in submissions:
        writer.writerow(
            cell.strftime(columns.dates.format) if isinstance(cell, date) else cell
            for cell in columns.row(submission)
        )
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(submissions: Iterable[Submission]) -> bytes:
    """Write a workbook with real dates and numbers in its cells."""
    columns = mapping()
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("People")
    sheet.append(list(columns.columns))
    for submission in submissions:
        sheet.append([None if cell == "" else cell for cell in columns.row(submission)])
    saved = io.BytesIO()
    workbook.save(saved)
    return _without_the_clock(saved)


def _without_the_clock(saved: io.BytesIO) -> bytes:
    # Canonical and stored: the bytes depend neither on the day, nor on whether openpyxl found lxml
    # to write with, nor on the machine's zlib.
    timeless = io.BytesIO()
    with zipfile.ZipFile(saved) as written, zipfile.ZipFile(timeless, "w") as archive:
        for name in written.namelist():
            part = written.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", SAVED_AT.encode(), part)
            archive.writestr(zipfile.ZipInfo(name), canonicalize(xml_data=part.decode()))
    return timeless.getvalue()


def _cells(submission: Submission, date_format: str) -> Iterator[tuple[str, Cell | list[str]]]:
    yield "reference", submission["reference"]
    yield "name.display", submission["name"]["display"]
    yield "name.address_as", submission["name"]["address_as"]
    yield "postcode", submission["postcode"]
    yield "age_band", submission.get("age_band", "")
    yield "date_of_birth", _day(submission.get("date_of_birth", ""))
    yield "travel_km", submission["travel_km"]
    yield "online", submission["online"]
    yield "in_person", submission["in_person"]
    yield "needs", submission["needs"]
    yield "lived_experience", submission["lived_experience"]
    yield "interests", submission["interests"]
    yield from _contact_cells(submission)
    yield from _language_cells(submission)
    yield from _availability_cells(submission, date_format)
    yield from _contact_preference_cells(submission)
    yield from _answer_cells(submission)


def _contact_cells(submission: Submission) -> Iterator[tuple[str, Cell]]:
    for contact in submission["contacts"]:
        yield f"contacts.{contact['channel']}", contact["value"]
        if contact["preferred"]:
            yield "contacts.preferred", contact["channel"]


def _language_cells(submission: Submission) -> Iterator[tuple[str, list[str]]]:
    languages = submission["languages"]
    yield "languages", [language["code"] for language in languages]
    interpreted = [language["code"] for language in languages if language["interpreter"]]
    yield "languages.interpreter", interpreted


def _availability_cells(
    submission: Submission, date_format: str
) -> Iterator[tuple[str, list[str]]]:
    weekly = submission["availability"]["weekly"]
    yield "availability.weekly", [f"{slot['day']} {slot['from']}-{slot['to']}" for slot in weekly]
    away = [
        " to ".join(
            date.fromisoformat(day).strftime(date_format) for day in (days["from"], days["to"])
        )
        for days in submission["availability"]["except"]
    ]
    yield "availability.except", away


def _contact_preference_cells(submission: Submission) -> Iterator[tuple[str, Cell]]:
    wish = submission.get("contact_preference", {})
    if "news" in wish:
        yield "contact_preference.news", wish["news"]
    if "discreet" in wish:
        yield "contact_preference.discreet", wish["discreet"]


def _answer_cells(submission: Submission) -> Iterator[tuple[str, Cell | list[str]]]:
    yield "exclusions.partners", submission["exclusions"]["partners"]
    yield "exclusions.sites", submission["exclusions"]["sites"]
    for question, answer in submission.get("monitoring", {}).items():
        yield f"monitoring.{question}", answer
    for purpose, consent in submission["consent"].items():
        yield f"consent.{purpose}.given_at", _day(consent["given_at"])
        yield f"consent.{purpose}.version", consent["version"]
        yield f"consent.{purpose}.how", consent["how"]


def _day(text: str) -> Cell:
    return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d\d-\d\d", text) else text
