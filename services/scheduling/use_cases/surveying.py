"""Reading all that is known of an engagement before it is settled."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.scheduling.domain.calendar import LONDON, Days, Period
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.slots import Rules
from services.scheduling.domain.resources.bookings import BookedDay, booked_day_id
from services.scheduling.domain.resources.venues import Hub
from services.scheduling.domain.sessions.session import Session
from services.scheduling.domain.settling.situation import Situation
from services.scheduling.ports import Diary


async def survey(panel: Panel, diary: Diary, rules: Rules, now: datetime) -> Situation | None:
    """Return the situation of an engagement; None while it, or somebody on it, is not known yet."""
    engagement, sessions, invitations = await asyncio.gather(
        diary.engagements.get(panel.id),
        diary.sessions.of_engagement(panel.id),
        diary.invitations.of_engagement(panel.id),
    )
    everybody = panel.people | {each.participant_id for each in invitations}
    everybody |= {each.participant_id for session in sessions for each in session.cannot_come}
    people, busy = await asyncio.gather(
        people_of(everybody, diary), busy_times(rules.hubs.get(panel.hub), diary)
    )
    if engagement is None or len(people) < len(everybody):
        return None
    situation = Situation(
        now=now,
        engagement=engagement,
        panel=panel,
        people=people,
        sessions=tuple(sessions),
        invitations={each.participant_id: each for each in invitations},
        days={},
        busy=busy,
    )
    days = await _days(situation, rules.hubs.get(panel.hub), diary)
    return situation.with_days(days)


async def busy_times(hub: Hub | None, diary: Diary) -> Mapping[str, Sequence[Period]]:
    """Return when a hub's rooms and workers cannot be had, by id.

    A worker's absences are what staff noted; else it is what their own calendars say.
    """
    if hub is None:
        return {}
    workers = [each.id for each in hub.workers]
    resources = [*workers, *(each.id for each in hub.venues)]
    noted, read = await asyncio.gather(
        asyncio.gather(*map(diary.absences.get, workers)),
        asyncio.gather(*map(diary.calendars.get, resources)),
    )
    found: dict[str, tuple[Period, ...]] = {each.id: each.busy for each in read if each}
    for each in noted:
        if each:
            found[each.id] = (*found.get(each.id, ()), *each.periods)
    return {key: periods for key, periods in found.items() if periods}


async def people_of(ids: Iterable[str], diary: Diary) -> dict[str, Attendant]:
    """Return those of these people who are known, by id."""
    found = await asyncio.gather(*(diary.attendants.get(each) for each in sorted(ids)))
    return {each.id: each for each in found if each is not None}


async def _days(situation: Situation, hub: Hub | None, diary: Diary) -> list[BookedDay]:
    """Return the days of these sessions, and, to place any anew, all others in reach."""
    ids = {each for session in situation.sessions for each in _day_ids(session, hub)}
    found = await asyncio.gather(*map(diary.booked_days.get, sorted(ids)))
    days = {day.id: day for day in found if day is not None}
    if situation.engagement.open and not situation.stands:
        days |= {day.id: day for day in await diary.booked_days.within(_reach(situation))}
    return list(days.values())


def _reach(situation: Situation) -> Days:
    window = situation.engagement.terms.window
    return Days(max(window.first, situation.now.astimezone(LONDON).date()), window.last)


def _day_ids(session: Session, hub: Hub | None) -> list[str]:
    """Return the days of whatever a session has, or might have instead."""
    if session.meeting is None:
        return []
    workers = (each.id for each in hub.workers) if hub else ()
    named = {*session.resources, *(each.worker_id for each in session.support), *workers}
    return [booked_day_id(each, session.meeting.day) for each in named]
