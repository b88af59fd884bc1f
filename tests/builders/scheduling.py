"""Valid people, venues, engagements and events of scheduling; a test names only what matters."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from services.scheduling.domain.calendar import BankHolidays, Days, Hours, Rhythm, SchoolHolidays
from services.scheduling.domain.engagements.engagement import Engagement, Payment, Terms
from services.scheduling.domain.engagements.panels import Member, Panel, Quota
from services.scheduling.domain.invitations.invitation import Answer, Invitation, InvitedSession
from services.scheduling.domain.people.attendants import Attendant, WeeklySlot
from services.scheduling.domain.planning.access import AccessRules, Need
from services.scheduling.domain.planning.hub_plan import plan
from services.scheduling.domain.planning.slots import Contact, Obstacles, Placed, Rules, Wish
from services.scheduling.domain.resources.bookings import BookedDay, Occupancy
from services.scheduling.domain.resources.venues import Hub, Venue, Worker, WorkerKind
from shared.contracts import engagements, matches, participants
from shared.contracts.base import Event
from shared.contracts.sessions import InvitationState, SessionState
from tests.builders.exclusions import EXCLUSIONS

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
HUB = "west-london"
WHEELCHAIR = "1108191000000103"
HEARING_LOOP = "198061000000105"
BSL_INTERPRETER = "204331000000107"
BSL_USER, BSL = "415803005", "british-sign-language"
STEP_FREE, LOOP = "step-free access", "hearing loop"
ENGAGEMENT = uuid5(NAMESPACE_OID, "engagement")
MATCH = uuid5(NAMESPACE_OID, "match")
WINDOW = Days(date(2027, 1, 11), date(2027, 3, 31))
MORNING, EVENING = Hours(time(9), time(12)), Hours(time(17), time(20))


def person_id(name: str) -> str:
    """The same id for the same name."""
    return str(uuid5(NAMESPACE_OID, f"person {name}"))


def a_venue(name: str = "Hall", **changes: Any) -> Venue:
    """A hall in the middle, for 40 people, with everything."""
    values: dict[str, Any] = {
        "id": name.lower(),
        "name": name,
        "postcode": "W5 2HL",
        "easting": 517_000,
        "northing": 181_000,
        "capacity": 40,
        "access": (STEP_FREE, LOOP),
    }
    return Venue(**{**values, **changes})


WEEK = {day: (Hours(time(9), time(20)),) for day in range(5)}


def a_hub(
    *venues: Venue,
    hours: Mapping[int, Sequence[Hours]] | None = None,
    workers: Sequence[Worker] = (),
    facilitators: int = 0,
) -> Hub:
    """Staff work Monday to Friday, nine to eight."""
    online = Venue("online", "Online meeting", online=True)
    rooms = venues or (a_venue(),)
    return Hub(HUB, hours or WEEK, 2, rooms, online, tuple(workers), facilitators)


def a_worker(name: str, *skills: str, **changes: Any) -> Worker:
    """A facilitator, or a professional with skills, who works as staff do, six hours a day."""
    kind = WorkerKind.PROFESSIONAL if skills else WorkerKind.FACILITATOR
    values: dict[str, Any] = {"hours": WEEK, "minutes_a_day": 360, "skills": frozenset(skills)}
    return Worker(name, name.title(), kind, **{**values, **changes})


def rules(
    *venues: Venue,
    hub: Hub | None = None,
    holidays: Sequence[date] = (),
    least_present: int = 1,
    rest: timedelta | None = timedelta(days=7),
    most_asks: int = 4,
    school_holidays: Mapping[str, SchoolHolidays] | None = None,
) -> Rules:
    """One hub, four needs, no holiday. A user of sign language needs an interpreter to be there."""
    needs = {
        WHEELCHAIR: Need(STEP_FREE),
        HEARING_LOOP: Need(LOOP),
        BSL_INTERPRETER: Need(notice_days=21),
        BSL_USER: Need(notice_days=28, skill=BSL, two_after_minutes=60),
    }
    return Rules(
        hubs={HUB: hub or a_hub(*venues)},
        access=AccessRules(needs, notice_days=7, language=Need(notice_days=14)),
        holidays=BankHolidays(frozenset(holidays), date(2028, 12, 31)),
        least_present=least_present,
        contact=Contact(rest, most_asks, asks_within=timedelta(days=30)),
        exclusions=EXCLUSIONS,
        school_holidays=school_holidays or {},
    )


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


def participant(
    name: str, kind: type[Event] = participants.ParticipantRegistered, *, at: int = 1, **state: Any
) -> Any:
    """What intake says of a person; `at` is the sequence."""
    values: dict[str, Any] = {
        "participant_id": person_id(name),
        "easting": 517_000,
        "northing": 181_000,
    }
    return kind(**_head(person_id(name), at), data={**values, **state})


def left(name: str, *, at: int = 9) -> Any:
    """A person withdrew."""
    return participant(name, participants.ParticipantLeft, at=at, status="left")


def erased(name: str, *, at: int = 9) -> Any:
    """A person asked to be forgotten."""
    return participant(name, participants.ParticipantErased, at=at, status="erased")


def engagement(
    kind: type[Event] = engagements.EngagementPublished, *, at: int = 1, **state: Any
) -> Any:
    """What intake says of the engagement."""
    values: dict[str, Any] = {
        "engagement_id": ENGAGEMENT,
        "publisher": "trust",
        "reference": "E-1",
        "title": "Leaving the ward",
        "partner": "Trust",
        "kind": "service_redesign",
        "ladder_step": "co-design",
        "decision_owner": "Director",
        "feedback_due": date(2027, 6, 1),
        "places": 3,
        "window": {"from": WINDOW.first, "to": WINDOW.last},
        "sessions": {"count": 2, "minutes": 90, "every_days": 14},
    }
    data = {**values, **state}
    return kind(**_head(str(data["engagement_id"]), at), data=data)


def closed(*, at: int = 9, **state: Any) -> Any:
    """The partner called it off."""
    return engagement(engagements.EngagementClosed, at=at, status="cancelled", **state)


def approved(
    *panel: str,
    reserves: Sequence[str] = (),
    at: int = 1,
    features: Mapping[str, Mapping[str, str]] | None = None,
    quotas: Sequence[Quota] = (),
    again: Mapping[str, int] | None = None,
    drawn: Mapping[str, Any] | None = None,
    share: float | None = None,
    **match: Any,
) -> Any:
    """Staff approved a panel of these people, some asked again after so many askings.

    `drawn` is what is said of how each of them came to be named; `share`: the population's in each
    quota.
    """
    member = partial(_member, features or {}, again or {}, drawn or {})
    values: dict[str, Any] = {
        "match_id": MATCH,
        "engagement_id": ENGAGEMENT,
        "engagement_reference": "E-1",
        "title": "Leaving the ward",
        "partner": "Trust",
        "status": "approved",
        "places": len(panel),
        "seed": 1,
        "eligible": 50,
        "panel": [member(name) for name in panel],
        "reserves": [member(name) for name in reserves],
        "quotas": [{**asdict(quota), "selected": 0, "population_share": share} for quota in quotas],
    }
    decision = {"match": {**values, **match}, "match_sequence": at, "by": "staff"}
    return matches.MatchApproved(**_head(str(MATCH), at), data=decision)


def reply(
    kind: type[Event], invitation: InvitationState, *, at: int = 1, by_phone: bool = False
) -> Any:
    """What a person answered, by their link or to staff on the telephone."""
    data = {
        "invitation_id": invitation.invitation_id,
        "participant_id": invitation.participant_id,
        "by_phone": by_phone,
    }
    return kind(**_head(str(data["invitation_id"]), at), data=data)


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def _member(
    features: Mapping[str, Mapping[str, str]],
    again: Mapping[str, int],
    drawn: Mapping[str, Any],
    name: str,
) -> dict[str, Any]:
    return {
        "participant_id": person_id(name),
        "participant_reference": f"ref-{name}",
        "chance": 0.5,
        "features": dict(features.get(name, {})),
        "asked_again": again.get(name, 0),
        **drawn,
    }


def _head(subject: str, sequence: int) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "source": "tests",
        "subject": subject,
        "time": NOW,
        "hub": HUB,
        "sequence": sequence,
        "correlationid": "trace",
    }


def asked_of(kind: type[Event], session: SessionState, *, at: int = 1, **data: Any) -> Any:
    """What staff ask of a session as they see it; `at` is the sequence."""
    values: dict[str, Any] = {
        "engagement_id": session.engagement_id,
        "session_id": session.session_id,
        "calendar_sequence": session.calendar_sequence,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "by": "staff",
    }
    return kind(**_head(str(session.session_id), at), data={**values, **data})
