"""A table with headings, read from CSV or a workbook; rows are numbered as a spreadsheet does."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase

from cli.errors import CommandError
from cli.importing.workbooks import SUFFIXES, Cell, Merged, read_workbook

DELIMITERS = ";,\t|"
SAMPLE_RECORDS = 20
HEADING_ROWS = 20
MOST_BYTES = 100 << 20
ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
__all__ = ["Cell", "Row", "Table", "read_table"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the headings, by heading; `spill` cells stand beyond the last heading."""

    number: int
    cells: dict[str, Cell]
    spill: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """All rows that hold anything."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


MAPPING = "say with --mapping what its headings mean"


def read_table(file: Path, known: Iterable[str], *, otherwise: str = MAPPING) -> Table:
    """Read a file whose headings are among the known ones. Raises CommandError naming the place.

    `otherwise` is what to do about headings that are not known.
    """
    content = _content(file)
    if not content.strip():
        raise CommandError(f"{file} is empty; give a file with headings and rows.")
    merged: Sequence[Merged] = ()
    if file.suffix.lower() in SUFFIXES:
        records, merged = read_workbook(file, content)
    else:
        records = _records(file, content)
    top = _heading_row(records, {heading_key(heading) for heading in known})
    _refuse_merged(file, range(HEADING_ROWS) if top is None else (top,), merged)
    if top is None:
        raise _no_headings(file, records, otherwise)
    headings = _headings(file, top, records[top])
    rows = tuple(
        row
        for number, record in enumerate(records[top + 1 :], start=top + 2)
        if (row := _row(number, headings, record)) is not None
    )
    if not rows:
        raise CommandError(f"{file} has headings and no rows; give a file that has some.")
    return Table(headings, rows)


def heading_key(heading: str) -> str:
    """Return what two spellings of one heading share."""
    return " ".join(heading.split()).casefold()


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"{file} is larger than {MOST_BYTES >> 20} MB; split it.")
        return file.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise CommandError(f"{file} cannot be read: {reason}; check the name.") from error


def _records(file: Path, content: bytes) -> list[list[Cell]]:
    text = _decoded(file, content)
    delimiter = max(DELIMITERS, key=lambda sign: _fit(text, sign))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[Cell]] = []
    try:
        records.extend(list(record) for record in reader)
    except csv.Error as error:
        raise CommandError(
            f"{file} cannot be read from row {len(records) + 1} on ({error}); "
            "a quotation mark is open or stands in a wrong place."
        ) from error
    return records


def _decoded(file: Path, content: bytes) -> str:
    marked = next((name for mark, name in ENCODINGS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError(f"{file} is not text in UTF-8 or Windows-1252; save it as CSV UTF-8.")


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """Rate a delimiter: how many records are as wide as the first, how wide that is."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths = []
    try:
        for record, _ in zip(reader, range(SAMPLE_RECORDS), strict=False):
            if record:
                widths.append(len(record))
    except csv.Error:
        return 0, 0
    widest = max(widths, default=0)
    return (widths.count(widest), widest) if widest > 1 else (0, widest)


def _heading_row(records: Sequence[Sequence[Cell]], known: set[str]) -> int | None:
    """Find the row that holds most of the known headings."""
    found = [
        len({heading_key(str(cell)) for cell in record} & known)
        for record in records[:HEADING_ROWS]
    ]
    return found.index(max(found)) if any(found) else None


def _no_headings(file: Path, records: Sequence[Sequence[Cell]], otherwise: str) -> CommandError:
    width = max(len(record) for record in records[:HEADING_ROWS])
    return CommandError(
        f"{file} has no row of headings that are known among its first {HEADING_ROWS} rows "
        f"({width} columns were found); {otherwise}."
    )


def _refuse_merged(file: Path, rows: Iterable[int], merged: Sequence[Merged]) -> None:
    for first, last in merged:
        if any(first[0] <= row <= last[0] for row in rows):
            cells = f"{cell_name(*first)}:{cell_name(*last)}"
            raise CommandError(
                f"{file} has merged cells in its headings ({cells}, row {first[0] + 1}); "
                "unmerge them, so that each column has one heading in one row."
            )


def _headings(file: Path, top: int, record: Sequence[Cell]) -> tuple[str, ...]:
    headings = [" ".join(str(cell).split()) for cell in record]
    while headings and not headings[-1]:
        headings.pop()
    seen: dict[str, int] = {}
    for column, heading in enumerate(headings):
        key = heading_key(heading)
        where = cell_name(top, column)
        if not key:
            raise CommandError(f"{file} has a column without a heading ({where}); give it one.")
        if key in seen:
            first = cell_name(top, seen[key])
            raise CommandError(f"{file} has the heading {heading!r} twice ({first} and {where}).")
        seen[key] = column
    return tuple(headings)


def _row(number: int, headings: Sequence[str], record: Sequence[Cell]) -> Row | None:
    cells = {
        heading: cell.strip() if isinstance(cell, str) else cell
        for heading, cell in zip(headings, record, strict=False)
    }
    spill = sum(str(cell).strip() != "" for cell in record[len(headings) :])
    if spill == 0 and all(cell == "" for cell in cells.values()):
        return None
    return Row(number, cells, spill)


def cell_name(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does; both count from 0."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, len(ascii_uppercase))
        letters = ascii_uppercase[letter] + letters
        column -= 1
    return f"{letters}{row + 1}"
