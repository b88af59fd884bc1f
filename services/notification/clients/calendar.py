"""The calendar part of an e-mail: one iCalendar object per session (RFC 5546 allows one UID each).

What a calendar shows on a locked screen or to a family is neutral: no title, no partner.
"""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Event, vCalAddress, vText

from services.notification.clients.wording import place
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
    at: datetime


def method(kind: Kind) -> str | None:
    """Return the iTIP method that goes with a message, None when no calendar does."""
    return METHODS.get(kind)


def calendar(session: InvitedSession, entry: Entry, wanted: str) -> str:
    """Return one session as an iCalendar object, by the iTIP method that is wanted."""
    result = calendars.blank()
    result.add("method", wanted)
    event = _event(session, entry, is_cancelled=wanted == "CANCEL")
    return calendars.written(result, [event])


def _event(session: InvitedSession, entry: Entry, *, is_cancelled: bool) -> Event:
    event = calendars.entry(
        session.id,
        entry.sequence,
        told_at=entry.at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    event.add("summary", f"{entry.hub_name} session")
    event.add("description", f"See your answer, or change it: {entry.link}")
    event.add("location", place(session.venue))
    event.add("status", _status(entry, is_cancelled=is_cancelled))
    event.add("class", "PRIVATE")
    event["organizer"] = _organiser(entry)
    event["attendee"] = _attendee(entry)
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
