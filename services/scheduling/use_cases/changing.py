"""Turning what was settled into writes and events: only what differs from what is stored."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.resources.bookings import BookedDay
from services.scheduling.domain.sessions.session import Session
from services.scheduling.domain.settling.settlement import Settlement
from services.scheduling.domain.settling.situation import Situation
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import quorum_timer, resettle, timers
from services.scheduling.use_cases.telling import invitation_events, session_events
from shared.changes import Changes
from shared.facts import Facts


@dataclass(frozen=True, slots=True)
class Outcome:
    """An engagement as it was read, and as it is to be."""

    before: Situation
    after: Settlement

    @property
    def freed(self) -> list[str]:
        """The people whom the engagement does not have any more at the times it had them."""
        own, before = self.before.engagement.id, self.before.people
        had = ((each, before[each.id].periods_with(own)) for each in self.after.people)
        return [each.id for each, was in had if was and was != each.periods_with(own)]

    @property
    def gives_back(self) -> bool:
        """Whether a room or a worker is free again of which others may make use."""
        own = self.before.engagement.id
        return any(
            set(self.before.days[day.id].of(own)) - set(day.of(own))
            for day in self.after.days
            if day.id in self.before.days
        )


async def changes(
    outcomes: Sequence[Outcome], diary: Diary, facts: Facts, caused_by: str | None
) -> Changes:
    """Return all that follows. Later outcomes were settled upon the people and days of earlier."""
    total = Changes()
    for outcome in outcomes:
        total += _told(outcome, diary, facts, caused_by)
        waiting = await _waiting_for(outcome, diary)
        total += Changes(tuple(resettle(each, facts, caused_by=caused_by) for each in waiting))
    return total + _quiet(outcomes, diary)


async def _waiting_for(outcome: Outcome, diary: Diary) -> list[str]:
    """Return the engagements with free places in which anybody who was freed stands in reserve."""
    people = outcome.freed
    found = await asyncio.gather(*map(diary.panels.with_person, people))
    return sorted(
        {
            panel.id
            for person, panels in zip(people, found, strict=True)
            for panel in panels
            if panel.missing
            and panel.id != outcome.before.engagement.id
            and panel.has_in_reserve(person)
        }
    )


def _told(outcome: Outcome, diary: Diary, facts: Facts, caused_by: str | None) -> Changes:
    """Return what others hear of: the sessions and invitations; and the panel, which is its own."""
    situation, settlement = outcome.before, outcome.after
    panel = settlement.panel
    header = partial(
        facts.started, panel.hub, correlation_id=panel.correlation_id, causation_id=caused_by
    )
    total = Changes((diary.panels.keep(panel),) if panel != situation.panel else ())
    for was, session in _changed_sessions(situation, settlement.sessions):
        events = session_events(was, session, header())
        total += Changes((diary.sessions.keep(session), *quorum_timer(was, session)), events)
    for invited, invitation in _changed_invitations(situation, settlement.invitations):
        writes = (diary.invitations.keep(invitation), *timers(invited, invitation, facts))
        total += Changes(writes, invitation_events(invited, invitation, header()))
    return total


def _quiet(outcomes: Sequence[Outcome], diary: Diary) -> Changes:
    """Return what nobody is told of: people's commitments, and bookings, as they are at the end."""
    people_before = {k: v for each in reversed(outcomes) for k, v in each.before.people.items()}
    days_before = {k: v for each in reversed(outcomes) for k, v in each.before.days.items()}
    people = {each.id: each for outcome in outcomes for each in outcome.after.people}
    days = {each.id: each for outcome in outcomes for each in outcome.after.days}
    return Changes(
        (
            *(diary.attendants.keep(v) for k, v in people.items() if v != people_before[k]),
            *(diary.booked_days.keep(v) for k, v in days.items() if v != _day(days_before, v)),
        )
    )


def _day(before: Mapping[str, BookedDay], day: BookedDay) -> BookedDay:
    return before.get(day.id) or BookedDay(day.id, day.day)


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
