"""People, engagements, panels and invitations as scheduling knows them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from services.scheduling.domain.calendar import Hours, Rhythm
from services.scheduling.domain.engagements.engagement import Engagement, Payment, Terms
from services.scheduling.domain.engagements.panels import Member, Panel
from services.scheduling.domain.invitations.invitation import Answer, Invitation, InvitedSession
from services.scheduling.domain.people.attendants import Attendant, WeeklySlot
from services.scheduling.domain.planning.hub_plan import plan
from services.scheduling.domain.planning.slots import Obstacles, Placed, Rules, Wish
from services.scheduling.domain.resources.bookings import BookedDay, Occupancy
from tests.builders.scheduling.places import EVENING, HUB, NOW, WINDOW

ENGAGEMENT = uuid5(NAMESPACE_OID, "engagement")
MATCH = uuid5(NAMESPACE_OID, "match")


def person_id(name: str) -> str:
    """The same id for the same name."""
    return str(uuid5(NAMESPACE_OID, f"person {name}"))


def weekly(*days: int, hours: Hours = EVENING) -> tuple[WeeklySlot, ...]:
    """The same hours on these weekdays; Monday is 0."""
    return tuple(WeeklySlot(day, hours) for day in days)


def an_attendant(name: str = "ada", **changes: Any) -> Attendant:
    """Somebody who lives beside the hall, and can come any time."""
    values: dict[str, Any] = {
        "id": person_id(name),
        "sequence": 1,
        "active": True,
        "online": True,
        "in_person": True,
        "travel_km": 10.0,
        "easting": 517_000,
        "northing": 181_000,
    }
    return Attendant(**{**values, **changes})


def terms(**changes: Any) -> Terms:
    """One session of 90 minutes, in person, in the first quarter."""
    values: dict[str, Any] = {
        "window": WINDOW,
        "rhythm": Rhythm(1, 90, 14),
        "online": False,
        "in_person": True,
    }
    return Terms(**{**values, **changes})


def an_engagement(**changes: Any) -> Engagement:
    """An open engagement with those terms."""
    values: dict[str, Any] = {
        "id": str(ENGAGEMENT),
        "sequence": 1,
        "hub": HUB,
        "open": True,
        "reference": "E-1",
        "title": "Leaving the ward",
        "description": "",
        "partner": "Trust",
        "terms": terms(),
    }
    return Engagement(**{**values, **changes})


def an_invitation(*sessions: InvitedSession, **changes: Any) -> Invitation:
    """An invitation to these sessions, which was accepted."""
    values: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE_OID, "invitation")),
        "hub": HUB,
        "correlation_id": "trace",
        "participant_id": person_id("ada"),
        "reference": "ref-ada",
        "engagement_id": str(ENGAGEMENT),
        "engagement_reference": "E-1",
        "match_id": str(MATCH),
        "title": "Leaving the ward",
        "description": "",
        "partner": "Trust",
        "payment": Payment(),
        "answer": Answer.ACCEPTED,
        "answer_by": NOW,
        "sessions": sessions,
    }
    return Invitation(**{**values, **changes})


def a_wish(*people: Attendant, places: int = 3, **of_terms: Any) -> Wish:
    """A series to be placed for these people."""
    engagement = an_engagement(terms=terms(**of_terms))
    members = tuple(Member(each.id, each.id) for each in people)
    asked, window = engagement.terms.rhythm, engagement.terms.window
    return Wish(engagement, asked, window, people, members, (), places)


def place(
    wish: Wish, by: Rules, now: datetime = NOW, booked: Sequence[BookedDay] = ()
) -> Placed | Obstacles:
    """What is found for one series alone."""
    occupancy = Occupancy({day.id: day for day in booked})
    return plan([wish], by, occupancy, now)[wish.id]


def a_member(name: str, **features: str) -> Member:
    """A member with quota values."""
    return Member(person_id(name), f"ref-{name}", features)


def a_panel(*members: Member, reserves: Sequence[Member] = (), **changes: Any) -> Panel:
    """A panel with as many places as members."""
    values: dict[str, Any] = {
        "id": str(ENGAGEMENT),
        "hub": HUB,
        "match_id": str(MATCH),
        "match_sequence": 1,
        "correlation_id": "trace",
        "places": len(members),
        "members": members,
        "reserves": tuple(reserves),
    }
    return Panel(**{**values, **changes})


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)
