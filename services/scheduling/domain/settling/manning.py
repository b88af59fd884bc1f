"""Who works at the sessions that have a date, whatever becomes of their people and of workers.

An announced session does not move by itself: who cannot come to it any more is replaced, and what
cannot be replaced is a need that is not met.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.scheduling.domain.planning.slots import Rules, roles
from services.scheduling.domain.planning.staffing import Role, Shift, Team, lacking
from services.scheduling.domain.resources.venues import Hub
from services.scheduling.domain.sessions.session import Session
from services.scheduling.domain.settling.situation import Situation


def manned(situation: Situation, rules: Rules) -> tuple[Session, ...]:
    """Return the sessions with workers booked for all that their people need, as far as can be."""
    hub = rules.hubs.get(situation.panel.hub)
    if hub is None:
        return situation.sessions
    team = Team(hub.workers, situation.occupancy)
    by_day: dict[date, list[Session]] = defaultdict(list)
    for session in situation.ahead:
        if session.meeting:
            by_day[session.meeting.day].append(session)
    again = {
        each.id: each
        for sessions in by_day.values()
        for each in _staffed(sessions, needed(situation, rules, hub), team)
    }
    return tuple(again.get(each.id, each) for each in situation.sessions)


def needed(situation: Situation, rules: Rules, hub: Hub) -> tuple[Role, ...]:
    """Return who should be at each session for the panel as it is.

    Also whom staff accepted to do without: whoever can be had all the same is booked.
    """
    people = [situation.people[each.participant_id] for each in situation.panel.members]
    minutes = situation.engagement.terms.rhythm.minutes
    return roles(people, minutes, hub, rules.access)


def _staffed(sessions: Sequence[Session], needed: tuple[Role, ...], team: Team) -> list[Session]:
    """Return one day's sessions with who works there; unchanged where all roles are filled."""
    if all(_is_manned(each, needed, team) for each in sessions):
        return list(sessions)
    shifts = [
        Shift(s.id, s.engagement_id, s.meeting, needed, frozenset(w.worker_id for w in s.support))
        for s in sessions
        if s.meeting
    ]
    support = team.staffed(shifts)
    return [replace(each, support=support[each.id]) for each in sessions]


def _is_manned(session: Session, needed: tuple[Role, ...], team: Team) -> bool:
    meeting = session.meeting
    return (
        meeting is not None
        and not lacking(needed, session.support)
        and len(session.support) == len(needed)
        and all(team.has(each, meeting, session.engagement_id) for each in session.support)
    )
