"""Who has a place, and who waits for one, by what is known now."""

from datetime import timedelta

from services.scheduling.domain.calendar import Meeting, spanned
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import GIVEN_UP
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.slots import Contact, Rules
from services.scheduling.domain.planning.staffing import Team
from services.scheduling.domain.sessions.session import Session
from services.scheduling.domain.settling.expectation import Expectation
from services.scheduling.domain.settling.situation import Situation


def seated(situation: Situation, rules: Rules, *, only_served: bool = False) -> Panel:
    """Return the panel after everybody who gave up a place; reserves take over what is free.

    None whose needs the sessions do not meet; nor, `only_served`, stays anybody whose they do not:
    nobody has heard of the sessions yet.
    Who is not invited yet, and whom another engagement has by now, waits among the reserves.
    The panel of a closed engagement is history: only who gave up, or was erased, goes from it.
    """
    panel, people = situation.panel, situation.people
    if not situation.engagement.open:
        panel = panel.without(_gave_up(situation, panel))
        return panel.forgetting({each for each in panel.people if people[each].erased})
    panel = panel.forgetting({each for each in panel.people if not people[each].active})
    panel = panel.without(_gave_up(situation, panel))
    unable = _unable(situation, rules)
    elsewhen = _wanting_other_times(situation, panel)
    panel = panel.putting_off(elsewhen | (unable & _invited(situation)))
    busy = _busy(situation, rules.contact.rest) | _asked_too_often(situation, rules.contact)
    panel = panel.waiting((busy | elsewhen) - _invited(situation))
    panel = panel.waiting(unable - _invited(situation))
    busy |= elsewhen | unable
    if _can_still_join(situation):
        unserved = _unserved(situation, rules)
        if only_served:
            panel = panel.waiting(unserved - _invited(situation))
        busy |= unserved
        while panel.missing and (more := panel.promoted(unserved, busy)) != panel:
            panel = more
    return panel


def _gave_up(situation: Situation, panel: Panel) -> frozenset[str]:
    return frozenset(
        each.participant_id
        for each in situation.invitations.values()
        if each.answer in GIVEN_UP and not panel.is_asked_again(each.participant_id, each.asked)
    )


def _invited(situation: Situation) -> frozenset[str]:
    return frozenset(each.participant_id for each in situation.open_invitations)


def _unable(situation: Situation, rules: Rules) -> frozenset[str]:
    """Return who can come to none of the sessions ahead, by what they said of their time.

    Who was invited to one as it stands is asked, not judged. Where the sessions are to be placed
    anew, everybody counts.
    """
    if not situation.ahead or not situation.stands:
        return frozenset()
    expects = Expectation(situation, rules)
    return frozenset(each for each in situation.people if not any(expects.at(each)))


def _busy(situation: Situation, rest: timedelta | None) -> frozenset[str]:
    """Return the people whom another engagement has at the time of this one.

    `rest` None: people may be in two at once, and only the hours of the sessions count.
    """
    meetings = situation.meetings
    own, people = situation.engagement.id, situation.people.values()
    if rest is None:
        return frozenset(each.id for each in people if each.is_busy_at(meetings, apart_from=own))
    days, now = spanned(meetings) or situation.engagement.terms.window, situation.now
    return frozenset(each.id for each in people if each.is_taken(days, rest, now, apart_from=own))


def _wanting_other_times(situation: Situation, panel: Panel) -> frozenset[str]:
    """Return who would come at another time, while the sessions stand at those they were asked of.

    Where the sessions are to be placed anew, they count: the new times may suit them.
    """
    if not situation.stands:
        return frozenset()
    starts = [each.starts_at for each in situation.meetings]
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


def _unserved(situation: Situation, rules: Rules) -> frozenset[str]:
    """Return the people of whom a session that is announced does not meet every need.

    Who could be booked for them at that time is as good as there.
    """
    people = situation.people.values()
    return frozenset(
        p.id for p in people if any(_lacks(s, p, situation, rules) for s in situation.ahead)
    )


def _lacks(session: Session, person: Attendant, situation: Situation, rules: Rules) -> bool:
    venue, meeting = session.venue, session.meeting
    if venue is None or meeting is None:
        return False
    access, waived = rules.access, situation.panel.waived
    features = access.features([person]) - waived
    needed = {role.skill for role in access.roles([person], meeting.hours.minutes)} - waived
    needed -= {each.role.skill for each in session.support}
    return bool(venue.lacks(features)) or bool(
        needed and needed - _at_hand(situation, rules, meeting)
    )


def _at_hand(situation: Situation, rules: Rules, meeting: Meeting) -> set[str]:
    hub = rules.hubs.get(situation.panel.hub)
    team = Team(hub.workers if hub else (), situation.occupancy)
    return {
        skill for each in team.at_hand(meeting, situation.engagement.id) for skill in each.skills
    }


def _can_still_join(situation: Situation) -> bool:
    dated = [each.joinable_until for each in situation.sessions if each.joinable_until]
    return not dated or max(dated) > situation.now
