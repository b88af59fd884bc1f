"""iCalendar as this system writes it: London's wall time, with the clock changes that it needs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

LONDON = ZoneInfo("Europe/London")
WRITER = "-//West London Collaborative//Gateway//EN"
CLOCK_CHANGES = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n")
"""The rule since 1996, as text: icalendar 7.3 makes one that begins summer an hour late."""
END = "END:VCALENDAR"


def blank() -> Calendar:
    """Return a calendar without entries."""
    calendar = Calendar()
    calendar.add("prodid", WRITER)
    calendar.add("version", "2.0")
    return calendar


def entry(
    uid: str, sequence: int, *, told_at: datetime, starts_at: datetime, ends_at: datetime
) -> Event:
    """Return an entry; one of the same `uid` and a higher `sequence` takes its place."""
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", told_at.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(LONDON))
    event.add("dtend", ends_at.astimezone(LONDON))
    return event


def written(calendar: Calendar, entries: Sequence[Event]) -> str:
    """Return the calendar with these entries as text."""
    head, _, _ = _text(calendar).rpartition(END)
    return "".join((head, CLOCK_CHANGES, *map(_text, entries), f"{END}\r\n"))


def _text(part: Calendar | Event) -> str:
    return str(part.to_ical().decode())
