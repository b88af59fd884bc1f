"""Reading what a calendar says, as a process of its own: `python -m …entries NOW MOST < FILE`.

A stranger's rules of recurrence can be made to take for ever, or all memory: a process can be ended
and has limits. It writes one JSON array of [uid, from, to]; else it ends with 1 and one line, why.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

LONDON = ZoneInfo("Europe/London")
AHEAD = timedelta(days=400)
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
"""What recurs so often is no appointment."""
MOST_MEMORY = 1024**3
MOST_SECONDS = 20
LONGEST_SECONDS = 60
"""Of time, whoever asked for it may be gone."""
YEARS_AHEAD = 3
MOST_YEARS = 50
"""An entry that begins so far from now is passed by, unless it recurs; what ends later is cut."""

Entry = tuple[str, str, str]


class UnfitError(Exception):
    """The calendar cannot be read; the text says why, in a word or two."""


def entries(text: bytes, now: datetime, most: int) -> list[Entry]:
    """Return what keeps its owner busy from now on, each recurrence by itself.

    Whatever a library throws at a stranger's text means that it cannot be read. Raises UnfitError.
    """
    try:
        return list(_blocking(_occurrences(text, now), now + AHEAD, most))
    except UnfitError:
        raise
    except Exception as error:
        raise UnfitError("no calendar") from error


def _occurrences(text: bytes, now: datetime) -> Iterator[Event]:
    calendar = Calendar.from_ical(text)
    if calendar.name != "VCALENDAR":
        raise UnfitError("no calendar")
    for event in calendar.walk("VEVENT"):
        rule = event.get("rrule")
        if rule and TOO_OFTEN.intersection(rule.get("freq", ())):
            raise UnfitError("too many entries")
    near = [each for each in calendar.subcomponents if _is_near(each, now)]
    calendar.subcomponents[:] = near
    found: Iterator[Event] = recurring_ical_events.of(calendar).after(now)
    return found


def _is_near(part: object, now: datetime) -> bool:
    """Whether a part is no single entry of another age, of which no moment can be told."""
    if not isinstance(part, Event) or part.get("rrule"):
        return True
    if part.end.year > now.year + YEARS_AHEAD:
        part.end = part.end.replace(year=now.year + YEARS_AHEAD, day=1)
    return abs(part.start.year - now.year) <= MOST_YEARS


def _blocking(events: Iterator[Event], last: datetime, most: int) -> Iterator[Entry]:
    for number, event in enumerate(events):
        if number == most:
            raise UnfitError("too many entries")
        start, end = _moment(event.start), _moment(event.end)
        if start > last:
            return
        if event.get("transp") != "TRANSPARENT" and event.get("status") != "CANCELLED":
            yield str(event.get("uid", "")), start.isoformat(), end.isoformat()


def _moment(at: date) -> datetime:
    """Return the moment; a day begins at midnight in London, and so are times without a zone."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(), LONDON)
    elif at.tzinfo is None:
        at = at.replace(tzinfo=LONDON)
    return at.astimezone(UTC)


def main() -> int:
    """Read standard input within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    signal.setitimer(signal.ITIMER_REAL, LONGEST_SECONDS)
    now, most = datetime.fromisoformat(sys.argv[1]), int(sys.argv[2])
    try:
        found = entries(sys.stdin.buffer.read(), now, most)
    except UnfitError as error:
        sys.stdout.write(str(error))
        return 1
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
