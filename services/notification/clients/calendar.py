"""The calendar part of an e-mail: one iCalendar object per session (RFC 5546 allows one UID each).

What a calendar shows on a locked screen or to a family is neutral: no title, no partner.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from icalendar import Event, vCalAddress, vText
from icalendar.parser import Contentline

from services.notification.clients.letters.blanks import LINK
from services.notification.clients.markdown import one_line
from services.notification.clients.wording import Saying, Wording
from services.notification.domain import InvitedSession, Kind
from shared import calendars

METHODS = {
    Kind.INVITATION: "REQUEST",
    Kind.ACCEPTED: "REQUEST",
    Kind.CHANGED: "REQUEST",
    Kind.DECLINED: "CANCEL",
    Kind.ANOTHER_TIME: "CANCEL",
    Kind.EXPIRED: "CANCEL",
    Kind.CANCELLED: "CANCEL",
    Kind.GOODBYE: "CANCEL",
}
"""What keeps a place keeps the entry; what ends it takes the entry out again."""

PARTICIPATION = {"accepted": "ACCEPTED", "invited": "NEEDS-ACTION"}


END = "END:VEVENT\r\n"

ATTENDEE = "\ue001"
"""Stands for the address of the person, as blanks.LINK does for their link."""

REMEMBERED = 512
"""How many sessions are kept written that many people are invited to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the calendar entries of one invitation have in common.

    `sequence` counts every change of the invitation, so that taking an entry out, and putting it
    in again, is newer than what was sent before.
    """

    kind: Kind
    sequence: int
    hub_name: str
    organiser: str
    attendee: str
    answer: str
    link: str
    at: datetime | None
    wording: Wording


def method(kind: Kind) -> str | None:
    """Return the iTIP method that goes with a message, None when no calendar does."""
    return METHODS.get(kind)


def calendar(session: InvitedSession, entry: Entry, wanted: str) -> str:
    """Return one session as an iCalendar object, by the iTIP method that is wanted."""
    alike = replace(entry, attendee=ATTENDEE, link=LINK, at=None)
    before, own, after = _alike(session, alike, wanted)
    return "".join((before, *_own_lines(own, entry), END, after))


@lru_cache(REMEMBERED)
def _alike(session: InvitedSession, entry: Entry, wanted: str) -> tuple[str, tuple[str, ...], str]:
    """Return what is alike for all people of a session, around the lines with blanks."""
    result = calendars.blank()
    result.add("method", wanted)
    event = _event(session, entry, is_cancelled=wanted == "CANCEL")
    before, _, after = calendars.written(result, [event]).partition(END)
    own = Event()
    own.add("description", entry.wording.speech.say(Saying.ENTRY_LINK, link=entry.link))
    own["attendee"] = _attendee(entry)
    lines = own.content_lines()
    return before, tuple(line for line in lines if ATTENDEE in line or LINK in line), after


def _own_lines(blank: tuple[str, ...], entry: Entry) -> Iterator[str]:
    """Yield the lines of an entry that are one person's own."""
    if entry.at:
        yield f"DTSTAMP:{entry.at.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n"
    link = vText(entry.link).to_ical().decode()
    for line in blank:
        filled = line.replace(ATTENDEE, entry.attendee).replace(LINK, link)
        yield f"{_folded(filled)}\r\n"


def _folded(line: str) -> str:
    return str(Contentline(line).to_ical().decode())  # type: ignore[no-untyped-call]  # icalendar 7.3


def _event(session: InvitedSession, entry: Entry, *, is_cancelled: bool) -> Event:
    event = Event()
    event.add("uid", session.id)
    event.add("sequence", entry.sequence)
    event.add("dtstart", session.starts_at.astimezone(calendars.LONDON))
    event.add("dtend", session.ends_at.astimezone(calendars.LONDON))
    event.add("summary", entry.wording.speech.say(Saying.ENTRY, hub=entry.hub_name))
    event.add("location", one_line(entry.wording.place(session.venue)))
    event.add("status", _status(entry, is_cancelled=is_cancelled))
    event.add("class", "PRIVATE")
    event["organizer"] = _organiser(entry)
    return event


def _status(entry: Entry, *, is_cancelled: bool) -> str:
    if is_cancelled:
        return "CANCELLED"
    return "CONFIRMED" if entry.answer == "accepted" else "TENTATIVE"


def _organiser(entry: Entry) -> vCalAddress:
    address = vCalAddress(f"mailto:{entry.organiser}")
    address.params["cn"] = vText(entry.hub_name)
    return address


def _attendee(entry: Entry) -> vCalAddress:
    address = vCalAddress(f"mailto:{entry.attendee}")
    address.params["role"] = vText("REQ-PARTICIPANT")
    address.params["partstat"] = vText(PARTICIPATION.get(entry.answer, "DECLINED"))
    address.params["rsvp"] = vText("FALSE")
    return address
