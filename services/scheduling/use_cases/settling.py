"""Settling an engagement: read all that is known of it, and change what is not as it should be."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from services.scheduling.domain.arrangement import stands
from services.scheduling.domain.attendants import Attendant
from services.scheduling.domain.calendar import LONDON, Days, local_meeting
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.invitations import Invitation
from services.scheduling.domain.panels import Panel
from services.scheduling.domain.sessions import Session
from services.scheduling.domain.settlement import Settlement, Situation, settle
from services.scheduling.domain.slots import Rules
from services.scheduling.domain.venues import VenueDay, empty_day, venue_day_id
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import resettle, timers
from services.scheduling.use_cases.telling import invitation_events, session_events
from shared.changes import NOTHING, Changes
from shared.errors import NotYetError
from shared.facts import Facts


async def settle_engagement(
    engagement_id: str, diary: Diary, rules: Rules, facts: Facts, *, caused_by: str | None
) -> Changes:
    """Bring sessions, bookings and invitations of an engagement to how they should be.

    Raises NotYetError when the engagement, or somebody on its panel, has not been heard of.
    """
    panel = await diary.panels.get(engagement_id)
    if panel is None:
        return NOTHING
    engagement = await diary.engagements.get(engagement_id)
    if engagement is None:
        raise NotYetError("the engagement of an approved panel is not known yet")
    situation = await _situation(panel, engagement, diary, facts.now())
    settlement = await asyncio.to_thread(settle, situation, rules)
    waiting = await _waiting_for(_freed(situation, settlement), engagement_id, diary)
    asked = tuple(resettle(each, facts, caused_by=caused_by) for each in waiting)
    return _changes(situation, settlement, diary, facts, caused_by) + Changes(asked)


def _freed(situation: Situation, settlement: Settlement) -> list[str]:
    """Return the people whom the engagement does not have any more at the times it had them."""
    own, before = situation.engagement.id, situation.people
    had = ((each, before[each.id].periods_with(own)) for each in settlement.people)
    return [each.id for each, was in had if was and was != each.periods_with(own)]


async def _waiting_for(people: Sequence[str], apart_from: str, diary: Diary) -> list[str]:
    """Return the engagements with free places in which any of these people stand in reserve."""
    found = await asyncio.gather(*map(diary.panels.with_person, people))
    return sorted(
        {
            panel.id
            for person, panels in zip(people, found, strict=True)
            for panel in panels
            if panel.missing and panel.id != apart_from and panel.has_in_reserve(person)
        }
    )


async def _situation(
    panel: Panel, engagement: Engagement, diary: Diary, now: datetime
) -> Situation:
    sessions, invitations = await asyncio.gather(
        diary.sessions.of_engagement(engagement.id), diary.invitations.of_engagement(engagement.id)
    )
    everybody = panel.people | {each.participant_id for each in invitations}
    people, days = await asyncio.gather(
        _people(sorted(everybody), diary), _days(panel, engagement, sessions, diary, now)
    )
    return Situation(
        now=now,
        engagement=engagement,
        panel=panel,
        people={each.id: each for each in people},
        sessions=tuple(sessions),
        invitations={each.participant_id: each for each in invitations},
        days={each.id: each for each in days},
    )


async def _people(ids: Sequence[str], diary: Diary) -> list[Attendant]:
    found = await asyncio.gather(*(diary.attendants.get(each) for each in ids))
    known = [each for each in found if each is not None]
    if len(known) < len(ids):
        raise NotYetError("somebody on an approved panel is not known yet")
    return known


async def _days(
    panel: Panel,
    engagement: Engagement,
    sessions: Sequence[Session],
    diary: Diary,
    now: datetime,
) -> list[VenueDay]:
    """Return the days booked for these sessions, and, to place them anew, all others in reach."""
    own = [await _day(each, diary) for each in sessions if each.announced]
    days = {day.id: day for day in own if day is not None}
    if engagement.open and not stands(panel, engagement, sessions, now):
        window = engagement.terms.window
        reach = Days(max(window.first, now.astimezone(LONDON).date()), window.last)
        days |= {day.id: day for day in await diary.venue_days.within(reach)}
    return list(days.values())


async def _day(session: Session, diary: Diary) -> VenueDay | None:
    if session.venue is None or session.starts_at is None or session.ends_at is None:
        return None
    day = local_meeting(session.starts_at, session.ends_at).day
    return await diary.venue_days.get(venue_day_id(session.venue.id, day))


def _changes(
    situation: Situation,
    settlement: Settlement,
    diary: Diary,
    facts: Facts,
    caused_by: str | None,
) -> Changes:
    panel = settlement.panel
    header = partial(
        facts.started, panel.hub, correlation_id=panel.correlation_id, causation_id=caused_by
    )
    changes = _quiet_changes(situation, settlement, diary)
    for was, session in _changed_sessions(situation, settlement.sessions):
        events = session_events(was, session, header())
        changes += Changes((diary.sessions.keep(session),), events)
    for invited, invitation in _changed_invitations(situation, settlement.invitations):
        writes = (diary.invitations.keep(invitation), *timers(invited, invitation, facts))
        changes += Changes(writes, invitation_events(invited, invitation, header()))
    return changes


def _quiet_changes(situation: Situation, settlement: Settlement, diary: Diary) -> Changes:
    """Return what nobody is told of: the panel, people's commitments, bookings."""
    panels = [settlement.panel] if settlement.panel != situation.panel else []
    people = (each for each in settlement.people if each != situation.people[each.id])
    days = (each for each in settlement.days if each != _day_before(situation, each))
    return Changes(
        (
            *map(diary.panels.keep, panels),
            *map(diary.attendants.keep, people),
            *map(diary.venue_days.keep, days),
        )
    )


def _changed_sessions(
    situation: Situation, sessions: Iterable[Session]
) -> Iterator[tuple[Session | None, Session]]:
    before = {each.id: each for each in situation.sessions}
    return ((before.get(s.id), s) for s in sessions if before.get(s.id) != s)


def _changed_invitations(
    situation: Situation, invitations: Iterable[Invitation]
) -> Iterator[tuple[Invitation | None, Invitation]]:
    before = situation.invitations
    pairs = ((before.get(each.participant_id), each) for each in invitations)
    return ((was, each) for was, each in pairs if was != each)


def _day_before(situation: Situation, day: VenueDay) -> VenueDay:
    return situation.days.get(day.id) or empty_day(day.venue_id, day.day)
