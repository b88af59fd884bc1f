"""Venues, those who work in them, and the rules of one hub."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.scheduling.domain.calendar import BankHolidays, Days, Hours, SchoolHolidays
from services.scheduling.domain.planning.access import AccessRules, Need
from services.scheduling.domain.planning.slots import Contact, Rules
from services.scheduling.domain.resources.venues import Hub, Venue, Worker, WorkerKind
from tests.builders.exclusions import EXCLUSIONS

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
HUB = "west-london"
WHEELCHAIR = "1108191000000103"
HEARING_LOOP = "198061000000105"
BSL_INTERPRETER = "204331000000107"
BSL_USER, BSL = "415803005", "british-sign-language"
STEP_FREE, LOOP = "step-free access", "hearing loop"
WINDOW = Days(date(2027, 1, 11), date(2027, 3, 31))
MORNING, EVENING = Hours(time(9), time(12)), Hours(time(17), time(20))


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
