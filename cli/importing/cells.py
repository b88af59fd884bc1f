"""What single cells say: days, stretches of the week, numbers, as the contract writes them."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cli.importing.tables import Cell
from cli.importing.workbooks import EXACT_UP_TO
from shared.contracts.participants import HOURS_OF, Day, DayPart

LONDON = ZoneInfo("Europe/London")
DASH = "(?:-|\u2013|to|until)"
SLOT = re.compile(rf"([a-z]{{3}})[a-z]*\.?\s+(\S+?)\s*{DASH}\s*(\S+)", re.IGNORECASE)
IN_WORDS = re.compile(
    r"(?:(every ?day|weekdays?|weekends?|[a-z]{3})[a-z]*\.?\s+)?(morning|afternoon|evening)s?",
    re.IGNORECASE,
)
REMINDER = re.compile(
    r"(?:(\d{1,2}) days?(?: before)?|(?:on )?(?:the|that|same) day)(?: at)? (\S+)", re.IGNORECASE
)
NO_REMINDER = "none"
ANY_TIME = "any time"
WORKING = tuple(Day)[:5]
SEVERAL = {"weekday": WORKING, "weekend": tuple(Day)[5:], "everyday": tuple(Day), "": tuple(Day)}
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


def weekly_slots(text: str) -> list[dict[str, str]]:
    """Read stretches of every week, `mon 09:00-12:30` or `weekday mornings`; none if it is neither.

    A part of a day with no day before it is that of every day.
    """
    found = IN_WORDS.fullmatch(text.strip())
    if found is None:
        return _one_slot(text)
    start, end = HOURS_OF[DayPart(found[2].lower())]
    hours = {"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
    return [{"day": day.value, **hours} for day in _days_called((found[1] or "").lower())]


def _days_called(word: str) -> tuple[Day, ...]:
    several = SEVERAL.get(word.replace(" ", "").removesuffix("s"))
    return several or tuple(day for day in Day if day == word)


def _one_slot(text: str) -> list[dict[str, str]]:
    found = SLOT.fullmatch(text.strip())
    if found is None or found[1].lower() not in set(Day):
        return []
    start, end = CLOCK.fullmatch(found[2]), CLOCK.fullmatch(found[3])
    if start is None or end is None:
        return []
    return [{"day": found[1].lower(), "from": _clock(start), "to": _clock(end)}]


def reminder(text: str) -> dict[str, object] | None:
    """Read when to remind of a session, such as `2 days 18:00` or `same day 08:30`."""
    found = REMINDER.fullmatch(text.strip())
    at = CLOCK.fullmatch(found[2]) if found else None
    if found is None or at is None:
        return None
    return {"days_before": int(found[1] or 0), "at": _clock(at)}


def number(cell: Cell) -> float | None:
    """Read a number, with a point or a comma."""
    try:
        return float(text_of(cell).replace(",", "."))
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> str:
    return f"{int(found[1]):02}:{found[2]}"
