"""Reading the first filled sheet of an Excel or OpenDocument workbook."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, ZipError

from cli.errors import CommandError

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
EXACT_UP_TO = 10**15
MOST_CELLS = 10_000_000

Raw = str | bool | float | time | date | datetime | timedelta
Cell = str | bool | float | date
Merged = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell, each as row and column from 0."""


def read_workbook(file: Path, content: bytes) -> tuple[list[list[Cell]], Sequence[Merged]]:
    """Return all rows from the sheet's first one on, and what is merged. Raises CommandError."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.end is not None:  # total_height does not count the last row
                return _rows(file, sheet), sheet.merged_cell_ranges or ()
    except (CalamineError, ZipError, OSError) as error:
        raise CommandError(
            f"{file} is no workbook that can be read, or has a password; save it as .xlsx or CSV."
        ) from error
    raise CommandError(f"{file} has no sheet with anything in it; check that it is the right one.")


def _rows(file: Path, sheet: CalamineSheet) -> list[list[Cell]]:
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise CommandError(f"{file} has too many cells; delete what is empty, or split it.")
    return [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell(value: Raw) -> Cell:
    """Undo what Excel does to values: whole numbers become floats, days become moments."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        return str(value)
    whole = isinstance(value, int) or value.is_integer()
    return str(int(value)) if whole and abs(value) < EXACT_UP_TO else value
