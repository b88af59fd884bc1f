"""Keeping what the calendars of rooms and staff say, and what follows when that changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from services.scheduling.domain.calendar import Period
from services.scheduling.domain.resources.busy import (
    CalendarEntry,
    ResourceCalendar,
    is_busy,
    newly_busy,
)
from services.scheduling.domain.sessions.session import Session, SessionStatus
from services.scheduling.ports import Calendars, Diary, UnreadableError
from services.scheduling.use_cases.asking import CALENDAR_READS, resettle
from shared.changes import NOTHING, Changes, Due
from shared.facts import Facts

log = structlog.get_logger()

MISSED_AFTER = 4
"""Of so many readings not one was made: the row that asks for them is lost, or was given up."""


async def read_calendar(
    resource_id: str, calendars: Calendars, diary: Diary, facts: Facts, *, every: timedelta
) -> Changes:
    """Keep what a calendar says now, ask to read it again, and have settled what it changes.

    What cannot be read is as it was; a calendar that is not ours to read any more is forgotten.
    """
    known = await diary.calendars.get(resource_id) or ResourceCalendar(resource_id)
    now = facts.now()
    if resource_id not in calendars.resource_ids:
        forgotten = Changes((diary.calendars.drop(known),)) if known.version else NOTHING
        return forgotten + await _settled_anew(known.busy, (), diary, facts)
    after = await _looked_at(known, calendars, diary, now)
    again = Due(CALENDAR_READS, resource_id, now + every)
    changes = Changes((diary.calendars.keep(after), again))
    return changes + await _settled_anew(known.busy, after.busy, diary, facts)


async def ask_for_readings(
    calendars: Calendars, diary: Diary, facts: Facts, *, every: timedelta
) -> Changes:
    """Ask that every calendar be read which was not for long, or is not ours any more."""
    now = facts.now()
    known = {each.id: each for each in await diary.calendars.everything()}
    seen = {key: each.looked_at for key, each in known.items() if each.looked_at}
    late = {
        each
        for each in calendars.resource_ids
        if each not in seen or now - seen[each] > MISSED_AFTER * every
    }
    gone = known.keys() - calendars.resource_ids
    return Changes(tuple(Due(CALENDAR_READS, each, now) for each in sorted(late | gone)))


async def _looked_at(
    known: ResourceCalendar, calendars: Calendars, diary: Diary, now: datetime
) -> ResourceCalendar:
    try:
        reading = await calendars.read(known.id, known_tag=known.known_tag(now), now=now)
    except UnreadableError as error:
        if known.fault != error.fault:
            log.warning("calendar_not_read", action=known.id, reason=error.fault)
        return known.unreadable(error.fault, now)
    if known.fault:
        log.info("calendar_read_again", action=known.id)
    if reading is None:
        return known.unchanged(now)
    return known.read(await _of_others(reading.entries, diary), reading.tag, now)


async def _of_others(entries: Sequence[CalendarEntry], diary: Diary) -> list[Period]:
    """Leave out our own sessions: a room's calendar may show what we told it."""
    own = set()
    for uid in {each.uid for each in entries}:
        if await diary.sessions.get(uid):
            own.add(uid)
    return [each.period for each in entries if each.uid not in own]


async def _settled_anew(
    before: Sequence[Period], after: Sequence[Period], diary: Diary, facts: Facts
) -> Changes:
    """Have settled what may be in the way of a calendar, and what may have found its place."""
    if tuple(before) == tuple(after):
        return NOTHING
    news = newly_busy(before, after)
    touched = {
        each.engagement_id
        for each in await diary.sessions.ahead(facts.now())
        if each.status is SessionStatus.UNSCHEDULED or _is_in_the_way(each, news)
    }
    return Changes(tuple(resettle(each, facts, caused_by=None) for each in sorted(touched)))


def _is_in_the_way(session: Session, news: Sequence[Period]) -> bool:
    start, end = session.starts_at, session.ends_at
    return start is not None and end is not None and is_busy(news, start, end)
