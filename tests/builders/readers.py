"""Two readers of iCalendar that have nothing to do with what writes ours: from PyPI and from npm.

Each is a small calendar programme that takes in one text after the other and keeps, of each UID,
the newest.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

NPM = Path(__file__).parents[1] / "readers"


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as somebody sees it: `local` is wall time, `utc` the moment."""

    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    local: datetime
    utc: datetime
    ends: datetime


Reader = Callable[[Sequence[str]], Awaitable[dict[str, Seen]]]


async def of_pypi(texts: Sequence[str]) -> dict[str, Seen]:
    """Read with the package `ical`."""
    kept: dict[str, Seen] = {}
    for text in texts:
        calendar = IcsCalendarStream.calendar_from_ics(text)
        for event in calendar.events:
            before = kept.get(event.uid)
            if before is None or before.sequence <= (event.sequence or 0):
                kept[event.uid] = _seen(event, is_cancel=calendar.method == "CANCEL")
    return kept


def _seen(event: Event, *, is_cancel: bool) -> Seen:
    return Seen(
        uid=event.uid,
        sequence=event.sequence or 0,
        status="CANCELLED" if is_cancel else str(event.status.value),
        summary=event.summary or "",
        location=event.location or "",
        local=event.dtstart.replace(tzinfo=None),
        utc=event.dtstart.astimezone(UTC),
        ends=event.dtend.replace(tzinfo=None),
    )


async def of_npm(texts: Sequence[str]) -> dict[str, Seen]:
    """Read with the package `ical.js`, on Node."""
    process = await asyncio.create_subprocess_exec(
        "node",
        "store.mjs",
        cwd=NPM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(list(texts)).encode())
    times = ("local", "utc", "ends")
    rows = [
        {**row, **{name: datetime.fromisoformat(row[name]) for name in times}}
        for row in json.loads(out)
    ]
    return {row["uid"]: Seen(**row) for row in rows}


READERS: dict[str, Reader] = {"PyPI": of_pypi, "npm": of_npm}
