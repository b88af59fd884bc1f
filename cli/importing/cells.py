"""What single cells say: days, stretches of the week, numbers, as the contract writes them."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cli.importing.tables import Cell
from cli.importing.workbooks import EXACT_UP_TO
from shared.contracts.participants import Day

LONDON = ZoneInfo("Europe/London")
DASH = "(?:-|\u2013|to|until)"
SLOT = re.compile(rf"([a-z]{{3}})[a-z]*\.?\s+(\S+?)\s*{DASH}\s*(\S+)", re.IGNORECASE)
CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def text_of(cell: Cell) -> str:
    """Return a cell as it would be typed."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def was_rounded(cell: Cell) -> bool:
    """Tell whether Excel took a long code for a number, and dropped its last digits."""
    return isinstance(cell, float) and abs(cell) >= EXACT_UP_TO


def day(cell: Cell, date_format: str) -> date | None:
    """Read a day; None when it is written in another way."""
    if isinstance(cell, date):
        return cell
    try:
        return datetime.strptime(text_of(cell), date_format).date()  # noqa: DTZ007 - a day only
    except ValueError:
        return None


def moment(cell: Cell) -> datetime | None:
    """Read a moment as machines write it, such as `2026-05-27T13:50:00Z`; None without a zone."""
    try:
        found = datetime.fromisoformat(text_of(cell))
    except ValueError:
        return None
    return found if found.tzinfo else None


def start_of(found: date) -> str:
    """Return when a day begins, for people in London."""
    return datetime.combine(found, time(), LONDON).isoformat()


def days(text: str, date_format: str) -> dict[str, str] | None:
    """Read a day, or the first and last of several."""
    first, _, last = (part.strip() for part in text.partition(" to "))
    start, end = day(first, date_format), day(last or first, date_format)
    return {"from": start.isoformat(), "to": end.isoformat()} if start and end else None


def weekly_slot(text: str) -> dict[str, str] | None:
    """Read a stretch of every week, such as `mon 09:00-12:30`."""
    found = SLOT.fullmatch(text.strip())
    if found is None or found[1].lower() not in set(Day):
        return None
    start, end = CLOCK.fullmatch(found[2]), CLOCK.fullmatch(found[3])
    if start is None or end is None:
        return None
    return {"day": found[1].lower(), "from": _clock(start), "to": _clock(end)}


def number(cell: Cell) -> float | None:
    """Read a number, with a point or a comma."""
    try:
        return float(text_of(cell).replace(",", "."))
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> str:
    return f"{int(found[1]):02}:{found[2]}"
