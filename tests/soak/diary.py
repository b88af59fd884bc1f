"""Comparing scheduling's diary with itself: nobody and no venue is in two places at once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from shared.mongo import Database
from tests.soak.findings import STANDING, Finding, counted

LONDON = ZoneInfo("Europe/London")

Row = dict[str, Any]
Period = tuple[datetime, datetime]


async def slots_of_people(scheduling: Database) -> Finding:
    """Count the sessions of whoever is invited, and those that overlap another one of theirs."""
    sessions: defaultdict[str, list[Row]] = defaultdict(list)
    for session in await _announced(scheduling):
        sessions[session["engagement_id"]].append(session)
    invited = (
        await scheduling["invitations"].find({"answer": {"$in": list(STANDING)}}).to_list(None)
    )
    diaries = _grouped(
        (row["participant_id"], _period(session))
        for row in invited
        for session in sessions[row["engagement_id"]]
    )
    count = sum(map(len, diaries.values()))
    return Finding("sessions in people's diaries", count, 0, _overlaps(diaries))


async def venues_booked(scheduling: Database) -> Finding:
    """Compare what sessions have booked, rooms and workers, with the bookings; none may overlap."""
    held = [(resource, row) for row in await _announced(scheduling) for resource in _resources(row)]
    at_venues = _grouped((resource, _period(row)) for resource, row in held)
    wanted = {
        (
            resource,
            _period(row)[0].astimezone(LONDON).date().isoformat(),
            row["engagement_id"],
        )
        for resource, row in held
    }
    days = await scheduling["venue_days"].find().to_list(None)
    booked = Counter(
        (day["_id"].rpartition(":")[0], day["day"], booking["engagement_id"])
        for day in days
        for booking in day["bookings"]
    )
    found = counted("rooms and workers booked for sessions", wanted, booked)
    doubled = found.doubled + _overlaps(at_venues)
    return Finding(found.effect, found.expected, found.lost, doubled, found.examples)


def _resources(session: Row) -> list[str]:
    rooms = [] if session["venue"]["online"] else [session["venue"]["id"]]
    return [*rooms, *(worker["worker_id"] for worker in session.get("support", ()))]


async def _announced(scheduling: Database) -> list[Row]:
    found: list[Row] = await scheduling["sessions"].find({"status": "announced"}).to_list(None)
    return found


def _period(session: Row) -> Period:
    starts, ends = session["starts_at"], session["ends_at"]
    return datetime.fromisoformat(starts), datetime.fromisoformat(ends)


def _grouped(entries: Iterable[tuple[Hashable, Period]]) -> dict[Hashable, list[Period]]:
    groups: defaultdict[Hashable, list[Period]] = defaultdict(list)
    for key, period in entries:
        groups[key].append(period)
    return groups


def _overlaps(diaries: Mapping[Hashable, list[Period]]) -> int:
    """Count the periods that begin before the one before them has ended."""
    return sum(
        later[0] < earlier[1]
        for periods in diaries.values()
        for earlier, later in pairwise(sorted(periods))
    )
