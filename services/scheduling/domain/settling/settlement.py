"""How things should stand for one engagement, worked out anew from all that is known of it.

Whatever happens (a panel is approved, terms change, somebody declines, leaves, does not answer) is
recorded where it happens; then this is asked once, and what differs from what is stored is changed
and told. So the order in which things happen does not matter.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from services.scheduling.domain.calendar import Hours, Period
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.slots import Found, Rules, Wish
from services.scheduling.domain.resources.bookings import BookedDay, empty_day
from services.scheduling.domain.sessions.arrangement import (
    NOTHING_FOUND,
    arranged,
    called_off,
    described,
    wanted,
)
from services.scheduling.domain.sessions.quorum import counted
from services.scheduling.domain.sessions.session import Session
from services.scheduling.domain.settling.expectation import Expectation
from services.scheduling.domain.settling.manning import manned
from services.scheduling.domain.settling.notes import Notes
from services.scheduling.domain.settling.offers import Offers
from services.scheduling.domain.settling.seating import seated
from services.scheduling.domain.settling.situation import Situation


@dataclass(frozen=True, slots=True)
class Settlement:
    """How all of it should stand; what equals the situation needs no change."""

    panel: Panel
    sessions: tuple[Session, ...]
    invitations: tuple[Invitation, ...]
    people: tuple[Attendant, ...]
    days: tuple[BookedDay, ...]


def wish(situation: Situation, rules: Rules) -> Wish | None:
    """Return what is to be placed; None where the sessions stand, or the engagement is closed."""
    panel, engagement = seated(situation, rules), situation.engagement
    asked = (
        wanted(panel, engagement, situation.sessions, situation.now) if engagement.open else None
    )
    if asked is None or asked[0].count <= 0:
        return None
    rhythm, window = asked
    moved = {situation.moving.meeting} if situation.moving else set()
    return Wish(
        engagement=engagement,
        rhythm=rhythm,
        window=window,
        people=[situation.people[member.participant_id] for member in panel.members],
        members=panel.members,
        quotas=panel.quotas,
        places=panel.places,
        waived=panel.waived,
        avoided=frozenset(each for each in moved if each),
    )


def settle(situation: Situation, rules: Rules, found: Found = NOTHING_FOUND) -> Settlement:
    """Return how the engagement should stand, given what was `found` for what is to be placed."""
    before = situation
    called = (each.cancelled() if each.called_off else each for each in situation.sessions)
    situation = replace(situation, sessions=tuple(called))
    situation = replace(situation, panel=seated(situation, rules))
    if situation.engagement.open:
        situation = _dated(situation, rules, found)
    else:
        sessions = called_off(situation.sessions, situation.now)
        panel = replace(situation.panel, arranged_for=None, to_place=False, moves={})
        situation = replace(situation, panel=panel, sessions=sessions)
    hub = rules.hubs.get(situation.panel.hub)
    offers = Offers(situation, Expectation(situation, rules), hub.online_venue if hub else None)
    invitations = offers.settled(_replaced(before, situation.panel))
    gone = {each.id for each in situation.people.values() if each.erased}
    sessions = tuple(
        counted(each.without(gone), situation.panel, rules.quorum, situation.now)
        for each in Notes(situation, rules, invitations).all()
    )
    people = _committed(situation, invitations)
    return Settlement(
        panel=situation.panel,
        sessions=sessions,
        invitations=tuple(invitations.values()),
        people=_asked(people, situation, invitations, rules.contact.asks_within),
        days=_booked(situation, sessions),
    )


def _dated(situation: Situation, rules: Rules, found: Found) -> Situation:
    """Return it with dates; with them, others can be seated than without."""
    panel, engagement, sessions = situation.panel, situation.engagement, situation.sessions
    is_new = not situation.stands
    if situation.stands:
        panel = replace(panel, arranged_for=engagement.terms, to_place=False)
    else:
        panel, sessions = arranged(sessions, panel, engagement, found, situation.now)
    sessions = tuple(described(each, panel, engagement) for each in sessions)
    situation = replace(situation, panel=panel, sessions=sessions)
    situation = replace(situation, panel=seated(situation, rules, only_served=is_new))
    return replace(situation, sessions=manned(situation, rules))


def _replaced(before: Situation, panel: Panel) -> dict[str, str]:
    """Return by newcomer whose place they take, of those who were invited."""
    had, invited = before.panel.members, before.invitations
    left = [p for m in had if not panel.has(p := m.participant_id) and p in invited]
    came = [m.participant_id for m in panel.members if not before.panel.has(m.participant_id)]
    return dict(zip(came, left, strict=False))


def _committed(
    situation: Situation, invitations: Mapping[str, Invitation]
) -> tuple[Attendant, ...]:
    """Return everybody with the sessions that they are expected at, and no others."""
    engagement, panel = situation.engagement, situation.panel
    periods = {
        each.participant_id: tuple(Period(s.starts_at, s.ends_at) for s in each.sessions)
        for each in invitations.values()
        if each.is_open
    }
    return tuple(
        person.committed(engagement.id, periods.get(person.id, ()))
        if engagement.open and panel.has(person.id)
        else person.released(engagement.id)
        for person in situation.people.values()
        if person.active
    )


def _asked(
    people: tuple[Attendant, ...],
    situation: Situation,
    invitations: Mapping[str, Invitation],
    within: timedelta,
) -> tuple[Attendant, ...]:
    """Return the people with the invitations noted that are made now."""
    before = situation.invitations
    newly = {
        each.participant_id
        for each in invitations.values()
        if each.participant_id not in before or each.asked > before[each.participant_id].asked
    }
    own, now = situation.engagement.id, situation.now
    return tuple(p.asked_at(own, now, within) if p.id in newly else p for p in people)


def _booked(situation: Situation, sessions: tuple[Session, ...]) -> tuple[BookedDay, ...]:
    """Return the days with the bookings that these sessions need, and none that they do not."""
    wanted: dict[str, list[Hours]] = defaultdict(list)
    days = dict(situation.days)
    for session in sessions:
        if (meeting := session.meeting) is None:
            continue
        for resource_id in session.resources:
            day = empty_day(resource_id, meeting.day)
            days.setdefault(day.id, day)
            wanted[day.id].append(meeting.hours)
    return tuple(
        day.booked(situation.engagement.id, wanted[day_id]) for day_id, day in days.items()
    )
