"""What people answer, what they do not answer in time, and reminding those who come."""

from collections.abc import Mapping
from dataclasses import replace

from services.scheduling.domain.calendar import local_meeting
from services.scheduling.domain.invitations.invitation import (
    OPEN,
    Answer,
    Invitation,
    ahead,
)
from services.scheduling.domain.invitations.reminders import next_daytime
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import REMINDERS, resettle, timers
from services.scheduling.use_cases.telling import invitation_events, reminder_event
from shared.changes import NOTHING, Changes, Due
from shared.contracts.sessions import (
    ReplyAccepted,
    ReplyAnotherTime,
    ReplyDeclined,
    ReplyLeft,
)
from shared.errors import NotFoundError
from shared.facts import Facts, Header

Reply = ReplyAccepted | ReplyDeclined | ReplyLeft | ReplyAnotherTime

GOES_WITH: Mapping[Answer, frozenset[Answer]] = {
    Answer.DECLINED: OPEN | {Answer.ANOTHER_TIME},
    Answer.ANOTHER_TIME: OPEN | {Answer.DECLINED},
    Answer.WITHDRAWN: OPEN | {Answer.DECLINED, Answer.ANOTHER_TIME},
}
"""After which answers another one counts by which a place is given up."""

RETURNS = frozenset({Answer.DECLINED, Answer.ANOTHER_TIME})
"""After which answers a person may come after all."""


async def take_acceptance(reply: ReplyAccepted, diary: Diary, facts: Facts) -> Changes:
    """Note that a person comes.

    Who had declined, or wanted another time, gets the place back while it is free, and nothing else
    has them at that time; they hear when they do not.
    """
    invitation = await _newly_answered(reply, diary)
    if invitation is None:
        return NOTHING
    if invitation.answer not in RETURNS | {Answer.INVITED}:
        return _noted(invitation, diary, reply)
    accepted = invitation.answered(Answer.ACCEPTED, reply.sequence, by_phone=reply.data.by_phone)
    answered = _answered(invitation, accepted, diary, facts, reply)
    if invitation.answer is Answer.INVITED:
        return answered
    panel = await diary.panels.get(invitation.engagement_id)
    person = await diary.attendants.get(invitation.participant_id)
    rejoined = panel.rejoined(invitation.participant_id) if panel else None
    if rejoined is None or (person and _is_busy(person, invitation, facts)):
        return _refused(invitation, diary, facts, reply)
    return Changes((diary.panels.keep(rejoined),)) + answered


async def take_refusal(reply: ReplyDeclined, diary: Diary, facts: Facts) -> Changes:
    """Note that a person does not come, or no longer."""
    return await _given_up(reply, Answer.DECLINED, diary, facts)


async def take_another_time(reply: ReplyAnotherTime, diary: Diary, facts: Facts) -> Changes:
    """Note that a person would come at another time."""
    return await _given_up(reply, Answer.ANOTHER_TIME, diary, facts)


async def take_departure(reply: ReplyLeft, diary: Diary, facts: Facts) -> Changes:
    """Take the offer back from a person who leaves the collaborative, also after a no."""
    return await _given_up(reply, Answer.WITHDRAWN, diary, facts)


async def expire(invitation_id: str, diary: Diary, facts: Facts) -> Changes:
    """Close an offer that nobody answered in time."""
    invitation = await diary.invitations.get(invitation_id)
    if invitation is None or invitation.answer is not Answer.INVITED:
        return NOTHING
    if invitation.answer_by > facts.now():
        return NOTHING
    expired = replace(invitation, answer=Answer.EXPIRED)
    return _answered(invitation, expired, diary, facts, None)


async def remind(reminder_id: str, invitation_id: str, diary: Diary, facts: Facts) -> Changes:
    """Have a person reminded, by day; what comes too late to be of use is dropped."""
    invitation = await diary.invitations.get(invitation_id)
    reminder = invitation.reminders().get(reminder_id) if invitation else None
    now = facts.now()
    if invitation is None or reminder is None or not reminder.at <= now < reminder.useful_until:
        return NOTHING
    daytime = next_daytime(now)
    if daytime > now:
        return Changes((Due(REMINDERS, reminder_id, daytime, {"invitation_id": invitation_id}),))
    reminded = replace(invitation, reminded=(*invitation.reminded, reminder.mark))
    event = reminder_event(reminded, reminder.session_id, _header(invitation, facts, None))
    return Changes((diary.invitations.keep(reminded),), (event,))


def _is_busy(person: Attendant, invitation: Invitation, facts: Facts) -> bool:
    sessions = ahead(invitation.sessions, facts.now())
    meetings = [local_meeting(each.starts_at, each.ends_at) for each in sessions]
    return person.is_busy_at(meetings, apart_from=invitation.engagement_id)


async def _newly_answered(reply: Reply, diary: Diary) -> Invitation | None:
    """Return the invitation replied to; None when a newer reply was heard before."""
    invitation = await diary.invitations.get(str(reply.data.invitation_id))
    if invitation is None:
        raise NotFoundError("a reply to an invitation that was never issued")
    return invitation if reply.sequence > invitation.reply_sequence else None


async def _given_up(reply: Reply, answer: Answer, diary: Diary, facts: Facts) -> Changes:
    invitation = await _newly_answered(reply, diary)
    if invitation is None:
        return NOTHING
    if invitation.answer not in GOES_WITH[answer]:
        return _noted(invitation, diary, reply)
    after = invitation.answered(answer, reply.sequence, by_phone=reply.data.by_phone)
    return _answered(invitation, after, diary, facts, reply)


def _noted(invitation: Invitation, diary: Diary, reply: Reply) -> Changes:
    """Remember that the reply was heard, so that one which comes later is known for old."""
    return Changes((diary.invitations.keep(invitation.having_heard(reply.sequence)),))


def _answered(
    before: Invitation, after: Invitation, diary: Diary, facts: Facts, reply: Reply | None
) -> Changes:
    header = _header(after, facts, reply)
    asked = resettle(after.engagement_id, facts, caused_by=header["id"])
    writes = (diary.invitations.keep(after), *timers(before, after, facts), asked)
    return Changes(writes, invitation_events(before, after, header))


def _refused(invitation: Invitation, diary: Diary, facts: Facts, reply: ReplyAccepted) -> Changes:
    """Tell the answer again as it stands, so that nobody waits for a place that is taken."""
    after = invitation.refused(reply.sequence)
    events = invitation_events(invitation, after, facts.caused_by(reply))
    return Changes((diary.invitations.keep(after),), events)


def _header(invitation: Invitation, facts: Facts, reply: Reply | None) -> Header:
    if reply is not None:
        return facts.caused_by(reply)
    return facts.started(invitation.hub, correlation_id=invitation.correlation_id)
