"""Noting what participants are to hear of their invitations."""

from dataclasses import replace

from services.notification import domain
from services.notification.domain import (
    GATHERED,
    Invitation,
    Kind,
    Message,
    Pace,
    Standing,
    Status,
    message_id,
)
from services.notification.ports import Records
from services.notification.use_cases.queue import queued, queued_at
from shared.changes import NOTHING, Changes
from shared.contracts import sessions
from shared.contracts.base import Event
from shared.contracts.sessions import Answer

InvitationEvent = (
    sessions.InvitationIssued
    | sessions.InvitationAccepted
    | sessions.InvitationDeclined
    | sessions.InvitationChanged
    | sessions.InvitationExpired
    | sessions.InvitationCancelled
    | sessions.InvitationAnotherTime
)

KINDS: dict[type[Event], Kind] = {
    sessions.InvitationIssued: Kind.INVITATION,
    sessions.InvitationAccepted: Kind.ACCEPTED,
    sessions.InvitationDeclined: Kind.DECLINED,
    sessions.InvitationChanged: Kind.CHANGED,
    sessions.InvitationExpired: Kind.EXPIRED,
    sessions.InvitationCancelled: Kind.CANCELLED,
    sessions.InvitationAnotherTime: Kind.ANOTHER_TIME,
}


async def tell_of_invitation(event: InvitationEvent, records: Records, pace: Pace) -> Changes:
    """Keep the newest state and tell the person; one who withdrew hears the goodbye instead."""
    stored = await records.invitations.get(str(event.data.invitation_id))
    if event.is_old(stored):
        return NOTHING
    if await _is_erased(str(event.data.participant_id), records):
        return NOTHING
    version = stored.version if stored else 0
    invitation = _invitation(event, version=version).following(stored)
    changes = Changes((records.invitations.keep(invitation),))
    if event.data.answer is Answer.WITHDRAWN:
        return changes
    message = _message(event, KINDS[type(event)])
    if message.kind in GATHERED:
        message = await _gathered(message, records)
    return changes + queued_at(message, pace.moment(message), records)


async def _gathered(message: Message, records: Records) -> Message:
    """Return a change with the time since when the oldest waits that is told with it."""
    found = await records.messages.about_invitation(message.invitation_id or "")
    waiting = [each for each in found if each.kind in GATHERED and each.status is Status.QUEUED]
    first = min((each.since or each.at for each in waiting), default=message.at)
    return replace(message, since=first)


async def remind(event: sessions.InvitationReminderDue, records: Records) -> Changes:
    """Have the person reminded, whatever was heard of the invitation since.

    Whether they still come is looked at when it is sent. A reminder changes nothing about the
    invitation, so its state is not kept.
    """
    if await _is_erased(str(event.data.participant_id), records):
        return NOTHING
    message = _message(event, Kind.REMINDER)
    if await records.messages.get(message.id):
        return NOTHING
    [due] = [each for each in event.data.sessions if each.session_id == event.data.due_session_id]
    reminder = replace(message, session_id=str(due.session_id), starts_at=due.starts_at)
    return queued(reminder, records)


async def hear_needs(event: sessions.ReplyNeedsGiven, records: Records) -> Changes:
    """Thank the person for what they said they need; have staff ring who asked for that.

    Who said it on the telephone knows that it was heard.
    """
    participant_id = str(event.data.participant_id)
    if await _is_erased(participant_id, records):
        return NOTHING
    kinds = [Kind.CALL_ME] if event.data.call_me else []
    kinds += [] if event.data.by_phone else [Kind.NEEDS]
    changes = NOTHING
    for message in (_about_needs(event, kind) for kind in kinds):
        known = await records.messages.get(message.id)
        changes += NOTHING if known else queued(message, records)
    return changes


def _about_needs(event: sessions.ReplyNeedsGiven, kind: Kind) -> Message:
    participant_id = str(event.data.participant_id)
    return Message(
        id=message_id(event.id, kind, participant_id),
        kind=kind,
        hub=event.hub,
        caused_by=event.id,
        correlation_id=event.correlationid,
        at=event.time,
        participant_id=participant_id,
        invitation_id=str(event.data.invitation_id),
    )


async def follow_up(event: sessions.InvitationFollowUpDue, records: Records) -> Changes:
    """Have a silent person reached another way, or rung; like a reminder it changes nothing else.

    By which channel is found when it is sent. About one asking there is one call, whether it comes
    with its own event, or before, as the person has no second channel.
    """
    if await _is_erased(str(event.data.participant_id), records):
        return NOTHING
    message = replace(_message(event, Kind.SECOND_TRY), asked=event.data.asked)
    if event.data.step is sessions.FollowUpStep.CALL:
        message = message.call_about_silence()
    known = await records.messages.get(message.id)
    return NOTHING if known else queued(message, records)


async def _is_erased(participant_id: str, records: Records) -> bool:
    participant = await records.participants.get(participant_id)
    return participant is not None and participant.standing is Standing.ERASED


def _message(
    event: InvitationEvent | sessions.InvitationReminderDue | sessions.InvitationFollowUpDue,
    kind: Kind,
) -> Message:
    participant_id = str(event.data.participant_id)
    return Message(
        id=message_id(event.id, kind, participant_id),
        kind=kind,
        hub=event.hub,
        caused_by=event.id,
        correlation_id=event.correlationid,
        at=event.time,
        sequence=event.sequence,
        participant_id=participant_id,
        invitation_id=str(event.data.invitation_id),
        engagement_id=str(event.data.engagement_id),
        match_id=str(event.data.match_id),
        due_by=event.data.answer_by if event.data.answer is Answer.INVITED else None,
    )


def _invitation(event: InvitationEvent, *, version: int) -> Invitation:
    state = event.data
    return Invitation(
        id=str(state.invitation_id),
        sequence=event.sequence,
        hub=event.hub,
        participant_id=str(state.participant_id),
        participant_reference=state.participant_reference,
        engagement_id=str(state.engagement_id),
        title=state.title,
        description=state.description,
        partner=state.partner,
        answer=state.answer.value,
        answer_by=state.answer_by,
        sessions=tuple(_session(session) for session in state.sessions),
        gbp_per_hour=state.payment.gbp_per_hour,
        time_credits=state.payment.time_credits,
        place_gone=state.refused_reply > 0,
        by_phone=state.by_phone,
        chosen=_chosen(state.chosen) if state.chosen else None,
        version=version,
    )


def _chosen(chosen: sessions.Chosen) -> domain.Chosen:
    return domain.Chosen(chosen.how.value, chosen.chance)


def _session(session: sessions.InvitedSession) -> domain.InvitedSession:
    venue = session.venue
    return domain.InvitedSession(
        id=str(session.session_id),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        venue=domain.Venue(venue.name, venue.address, venue.postcode, venue.online, venue.access),
    )
