"""Keeping what others say of people, engagements and panels, and asking what follows from it."""

from collections.abc import Sequence
from dataclasses import replace

from services.scheduling.domain.calendar import Days, Hours, Rhythm
from services.scheduling.domain.engagements.choosing import Choice, Chosen
from services.scheduling.domain.engagements.engagement import Engagement, Payment, Terms
from services.scheduling.domain.engagements.panels import Member, Panel, Quota
from services.scheduling.domain.invitations.reminders import ReminderTime
from services.scheduling.domain.people.attendants import Attendant, WeeklySlot
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import ERASURES, resettle, timers
from services.scheduling.use_cases.surveying import people_of
from shared.changes import NOTHING, Changes, Write
from shared.contracts import engagements, matches, participants
from shared.due import DueWork
from shared.errors import NotYetError
from shared.exclusions import ExclusionKey, of_sites
from shared.facts import Facts
from shared.forgetting import looked, looked_for_again

ParticipantEvent = (
    participants.ParticipantRegistered
    | participants.ParticipantUpdated
    | participants.ParticipantLeft
    | participants.ParticipantErased
)
EngagementEvent = (
    engagements.EngagementPublished | engagements.EngagementUpdated | engagements.EngagementClosed
)
MONITORING = "monitoring"
COUNTED_WITHOUT = frozenset({"age_band", "borough"})
"""What quotas count of everybody; all else they count is an answer given for monitoring."""
WEEKDAYS = {day: number for number, day in enumerate(participants.Day)}


async def know_participant(
    event: ParticipantEvent, diary: Diary, key: ExclusionKey, facts: Facts
) -> Changes:
    """Keep the newest of a person; the engagements that it makes a difference to are settled anew.

    Whoever goes is missed also where they stand in reserve. Nothing revives who was erased.
    """
    known = await diary.attendants.get(str(event.data.participant_id))
    if known and (known.erased or event.is_old(known)):
        return _confirmed_later(event, NOTHING, facts)
    person = _attendant(event, known, key)
    touched = {each.engagement_id for each in known.commitments} if known else set()
    silent = await _silent_on(known, person, diary)
    if not person.active:
        touched |= {each.id for each in silent}
    if person.erased:
        touched |= {each.engagement_id for each in await diary.invitations.of_person(person.id)}
        touched |= {each.engagement_id for each in await diary.sessions.naming(person.id)}
    asked = (resettle(each, facts, caused_by=event) for each in sorted(touched))
    again = await _reminded_anew(known, person, diary, facts)
    pairs = [(each, each.without_answers(person.id, COUNTED_WITHOUT)) for each in silent]
    blank = (diary.panels.keep(after) for before, after in pairs if after != before)
    done = Changes((diary.attendants.keep(person), *again, *blank, *asked))
    return done + _confirmed_later(event, done, facts)


async def _silent_on(known: Attendant | None, person: Attendant, diary: Diary) -> list[Panel]:
    """Return the panels of somebody who has gone, or does not agree that answers are counted.

    Who has just registered is on none.
    """
    is_new = known is None and person.active and person.sequence == 1
    if person.answers_counted or is_new:
        return []
    return await diary.panels.with_person(person.id)


def _confirmed_later(event: ParticipantEvent, done: Changes, facts: Facts) -> Changes:
    """Ask that an erasure be confirmed when what was settled anew names the person no more."""
    if not isinstance(event, participants.ParticipantErased):
        return NOTHING
    return Changes((looked_for_again(ERASURES, event, done, facts),))


async def confirm_forgotten(work: DueWork, diary: Diary, facts: Facts) -> Changes:
    """Confirm that nothing names an erased person. Raises NotYetError while something does."""
    invitations = await diary.invitations.of_person(work.id)
    named = any(each.reference or each.chosen for each in invitations)
    if named or await diary.panels.with_person(work.id) or await diary.sessions.naming(work.id):
        raise NotYetError("an engagement has not been settled without an erased person yet")
    return looked(ERASURES, work, NOTHING, facts)


async def _reminded_anew(
    known: Attendant | None, person: Attendant, diary: Diary, facts: Facts
) -> tuple[Write, ...]:
    """Ask for the reminders of all that the person is invited to, where they chose other times.

    Whoever invites a person writes the person too, so that no invitation is missed here.
    """
    if known is None or not person.active or known.reminder_times == person.reminder_times:
        return ()
    invitations = await diary.invitations.of_person(person.id)
    pairs = [(each, replace(each, reminder_times=person.reminder_times)) for each in invitations]
    return tuple(
        write
        for before, after in pairs
        for write in (diary.invitations.keep(after), *timers(before, after, facts))
    )


async def know_engagement(event: EngagementEvent, diary: Diary, facts: Facts) -> Changes:
    """Keep the newest of an engagement; what is arranged for it is settled anew."""
    known = await diary.engagements.get(str(event.data.engagement_id))
    if event.is_old(known):
        return NOTHING
    engagement = _engagement(event, known.version if known else 0)
    asked = resettle(engagement.id, facts, caused_by=event)
    return Changes((diary.engagements.keep(engagement), asked))


async def know_panel(event: matches.MatchApproved, diary: Diary, facts: Facts) -> Changes:
    """Keep an approved panel, or what a later approval adds to it, and have it settled.

    Without answers that were taken back since it was drawn; its people are written as read, so that
    who takes one back at this moment makes a conflict.
    """
    approved = _panel(event)
    known = await diary.panels.get(approved.id)
    if known and approved.match_sequence <= known.match_sequence:
        return NOTHING
    panel = known.approved_again(approved) if known else approved
    people = await people_of(panel.people, diary)
    for each in people.values():
        if not each.answers_counted:
            panel = panel.without_answers(each.id, COUNTED_WITHOUT)
    held = map(diary.attendants.keep, people.values())
    asked = resettle(panel.id, facts, caused_by=event)
    return Changes((diary.panels.keep(panel), *held, asked))


def _attendant(event: ParticipantEvent, known: Attendant | None, key: ExclusionKey) -> Attendant:
    state, version = event.data, known.version if known else 0
    person_id = str(state.participant_id)
    if state.status is not participants.ParticipantStatus.ACTIVE:
        erased = state.status is participants.ParticipantStatus.ERASED
        asked = known.asked if known and not erased else {}
        return Attendant(
            person_id,
            event.sequence,
            active=False,
            erased=erased,
            asked=asked,
            answers_counted=False,
            version=version,
        )
    return Attendant(
        id=person_id,
        sequence=event.sequence,
        active=True,
        online=state.online,
        in_person=state.in_person,
        travel_km=state.travel_km,
        easting=state.easting,
        northing=state.northing,
        needs=state.needs,
        interpreter=any(language.interpreter for language in state.languages),
        interpreted=tuple(sorted(each.code for each in state.languages if each.interpreter)),
        weekly=tuple(map(_slot, state.availability.weekly)),
        away=tuple(Days(each.start, each.end) for each in state.availability.away),
        hard=tuple(map(_slot, state.availability.hard)),
        term_time_only=state.availability.term_time_only,
        avoids=of_sites(key.heard(state.exclusions)),
        commitments=known.commitments if known else (),
        asked=known.asked if known else {},
        reminders=_reminders(state.reminders),
        answers_counted=MONITORING in state.consents,
        version=version,
    )


def _reminders(said: Sequence[participants.ReminderTime] | None) -> tuple[ReminderTime, ...] | None:
    return None if said is None else tuple(ReminderTime(x.days_before, x.at) for x in said)


def _slot(slot: participants.WeeklySlot) -> WeeklySlot:
    return WeeklySlot(WEEKDAYS[slot.day], Hours(slot.start, slot.end))


def _engagement(event: EngagementEvent, version: int) -> Engagement:
    state = event.data
    closed = isinstance(event, engagements.EngagementClosed)
    return Engagement(
        id=str(state.engagement_id),
        sequence=event.sequence,
        hub=event.hub,
        open=state.status is engagements.EngagementStatus.OPEN and not closed,
        reference=state.reference,
        title=state.title,
        description=state.description,
        partner=state.partner,
        terms=Terms(
            window=Days(state.window.start, state.window.end),
            rhythm=Rhythm(state.sessions.count, state.sessions.minutes, state.sessions.every_days),
            online=state.place.online,
            in_person=state.place.in_person,
            easting=state.place.easting,
            northing=state.place.northing,
        ),
        payment=Payment(state.payment.gbp_per_hour, state.payment.time_credits),
        version=version,
    )


def _panel(event: matches.MatchApproved) -> Panel:
    match = event.data.match
    return Panel(
        id=str(match.engagement_id),
        hub=event.hub,
        match_id=str(match.match_id),
        match_sequence=event.data.match_sequence,
        correlation_id=event.correlationid,
        places=match.places,
        members=tuple(_member(each, Choice.LOT, match) for each in match.panel),
        reserves=tuple(_member(each, Choice.RESERVE, match) for each in match.reserves),
        quotas=tuple(Quota(q.feature, q.value, q.min, q.max) for q in match.quotas),
    )


def _member(member: matches.Member, drawn: Choice, match: matches.MatchState) -> Member:
    return Member(
        str(member.participant_id),
        member.participant_reference,
        member.features,
        member.asked_again,
        Chosen(Choice.STAFF) if member.by_staff else _by_lot(member, drawn, match),
    )


def _by_lot(member: matches.Member, drawn: Choice, match: matches.MatchState) -> Chosen:
    """Return what is told of a draw: what the quotas asked about, not what the person answered."""
    return Chosen(
        how=drawn,
        chance=member.chance,
        features=tuple(dict.fromkeys(quota.feature for quota in match.quotas)),
        follows_population=any(each.population_share is not None for each in match.quotas),
    )
