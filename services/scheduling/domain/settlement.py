"""How things should stand for one engagement, worked out anew from all that is known of it.

Whatever happens (a panel is approved, terms change, somebody declines, leaves, does not answer) is
recorded where it happens; then this is asked once, and what differs from what is stored is changed
and told. So the order in which things happen does not matter.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.scheduling.domain.access import AccessRules
from services.scheduling.domain.arrangement import arranged, called_off, noted, stands
from services.scheduling.domain.attendants import Attendant, Period
from services.scheduling.domain.calendar import Hours, local_meeting, spanned
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.invitations import GIVEN_UP, Invitation
from services.scheduling.domain.offers import Offers
from services.scheduling.domain.panels import Panel
from services.scheduling.domain.sessions import Session
from services.scheduling.domain.slots import Contact, Rules, Wish
from services.scheduling.domain.venues import VenueDay, empty_day, venue_day_id


@dataclass(frozen=True, slots=True)
class Situation:
    """All that is known of one engagement: sessions by number, invitations by person."""

    now: datetime
    engagement: Engagement
    panel: Panel
    people: Mapping[str, Attendant]
    sessions: tuple[Session, ...]
    invitations: Mapping[str, Invitation]
    days: Mapping[str, VenueDay]

    @property
    def open_invitations(self) -> list[Invitation]:
        """Those of people who are invited or come."""
        return [each for each in self.invitations.values() if each.is_open]


@dataclass(frozen=True, slots=True)
class Settlement:
    """How all of it should stand; what equals the situation needs no change."""

    panel: Panel
    sessions: tuple[Session, ...]
    invitations: tuple[Invitation, ...]
    people: tuple[Attendant, ...]
    days: tuple[VenueDay, ...]


def settle(situation: Situation, rules: Rules) -> Settlement:
    """Return how the engagement should stand."""
    panel = seated(situation, rules)
    if situation.engagement.open:
        wish = _wish(situation, panel)
        panel, sessions = arranged(situation.sessions, panel, wish, rules, situation.now)
        # With dates, others may be taken elsewhere than in the whole window.
        panel = seated(replace(situation, panel=panel, sessions=sessions), rules)
    else:
        panel = replace(panel, arranged_for=None)
        sessions = called_off(situation.sessions, situation.now)
    online_venue = rules.hubs[panel.hub].online_venue if panel.hub in rules.hubs else None
    offers = Offers(situation.engagement, panel, situation.people, sessions, online_venue)
    invitations = offers.settled(situation.invitations, _replaced(situation, panel), situation.now)
    noted_sessions = tuple(
        noted(
            each,
            panel,
            invitations,
            people=situation.people,
            access=rules.access,
            now=situation.now,
        )
        for each in sessions
    )
    committed = _committed(situation, panel, noted_sessions)
    return Settlement(
        panel=panel,
        sessions=noted_sessions,
        invitations=tuple(invitations.values()),
        people=_asked(committed, situation, invitations, rules.contact.asks_within),
        days=_booked(situation, noted_sessions),
    )


def seated(situation: Situation, rules: Rules) -> Panel:
    """Return the panel after everybody who gave up a place; reserves take over what is free.

    Who is not invited yet, and whom another engagement has by now, waits among the reserves.
    The panel of a closed engagement is history: only who was erased is taken out of it.
    """
    panel, people = situation.panel, situation.people
    if not situation.engagement.open:
        return panel.forgetting({each for each in panel.people if people[each].erased})
    panel = panel.forgetting({each for each in panel.people if not people[each].active})
    panel = panel.without(
        {
            each.participant_id
            for each in situation.invitations.values()
            if each.answer in GIVEN_UP and not panel.is_asked_again(each.participant_id, each.asked)
        }
    )
    elsewhen = _wanting_other_times(situation, panel)
    panel = panel.putting_off(elsewhen)
    busy = _busy(situation, rules.contact.rest) | _asked_too_often(situation, rules.contact)
    busy |= elsewhen
    panel = panel.waiting(busy - {i.participant_id for i in situation.open_invitations})
    if _can_still_join(situation):
        unserved = _unserved(situation, rules.access)
        while panel.missing and (more := panel.promoted(unserved, busy)) != panel:
            panel = more
    return panel


def _busy(situation: Situation, rest: timedelta | None) -> frozenset[str]:
    """Return the people whom another engagement has at the time of this one.

    `rest` None: people may be in two at once, and only the hours of the sessions count.
    """
    meetings = [
        local_meeting(_known(each.starts_at), _known(each.ends_at)) for each in _ahead(situation)
    ]
    own, people = situation.engagement.id, situation.people.values()
    if rest is None:
        return frozenset(each.id for each in people if each.is_busy_at(meetings, apart_from=own))
    days, now = spanned(meetings) or situation.engagement.terms.window, situation.now
    return frozenset(each.id for each in people if each.is_taken(days, rest, now, apart_from=own))


def _wanting_other_times(situation: Situation, panel: Panel) -> frozenset[str]:
    """Return who would come at another time, while the sessions stand at those they were asked of.

    Where the sessions are to be placed anew, they count: the new times may suit them.
    """
    if not stands(panel, situation.engagement, situation.sessions, situation.now):
        return frozenset()
    starts = [_known(each.starts_at) for each in _ahead(situation)]
    return frozenset(
        each.participant_id
        for each in situation.invitations.values()
        if each.waits_for_other_times(starts)
        and not panel.is_asked_again(each.participant_id, each.asked)
    )


def _asked_too_often(situation: Situation, contact: Contact) -> frozenset[str]:
    since, people = situation.now - contact.asks_within, situation.people.values()
    most, own = contact.most_asks, situation.engagement.id
    return frozenset(p.id for p in people if p.is_asked_too_often(most, since, apart_from=own))


def _unserved(situation: Situation, access: AccessRules) -> frozenset[str]:
    """Return the people of whom a venue that is announced does not meet every need."""
    venues = [session.venue for session in _ahead(situation) if session.venue]
    people = situation.people.values()
    return frozenset(p.id for p in people if any(v.lacks(access.features([p])) for v in venues))


def _ahead(situation: Situation) -> list[Session]:
    return [s for s in situation.sessions if s.announced and not s.begun(situation.now)]


def _can_still_join(situation: Situation) -> bool:
    dated = [each.joinable_until for each in situation.sessions if each.joinable_until]
    return not dated or max(dated) > situation.now


def _replaced(situation: Situation, panel: Panel) -> dict[str, str]:
    """Return by newcomer whose place they take."""
    before = situation.panel
    left = [m.participant_id for m in before.members if not panel.has(m.participant_id)]
    came = [m.participant_id for m in panel.members if not before.has(m.participant_id)]
    return dict(zip(came, left, strict=False))


def _wish(situation: Situation, panel: Panel) -> Wish:
    return Wish(
        engagement=situation.engagement,
        rhythm=situation.engagement.terms.rhythm,
        people=[situation.people[member.participant_id] for member in panel.members],
        places=panel.places,
        days=situation.days,
    )


def _committed(
    situation: Situation, panel: Panel, sessions: tuple[Session, ...]
) -> tuple[Attendant, ...]:
    periods = tuple(
        Period(each.starts_at, each.ends_at)
        for each in sessions
        if each.announced and each.starts_at and each.ends_at
    )
    engagement = situation.engagement
    return tuple(
        person.committed(engagement.id, periods)
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


def _booked(situation: Situation, sessions: tuple[Session, ...]) -> tuple[VenueDay, ...]:
    """Return the days with the bookings that these sessions need, and none that they do not."""
    wanted: dict[str, list[Hours]] = defaultdict(list)
    days = dict(situation.days)
    for each in sessions:
        if each.announced and each.venue and not each.venue.online:
            meeting = local_meeting(_known(each.starts_at), _known(each.ends_at))
            day_id = venue_day_id(each.venue.id, meeting.day)
            days.setdefault(day_id, empty_day(each.venue.id, meeting.day))
            wanted[day_id].append(meeting.hours)
    return tuple(
        day.booked(situation.engagement.id, wanted[day_id]) for day_id, day in days.items()
    )


def _known(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError("an announced session has a time")
    return at
