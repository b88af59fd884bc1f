"""Turning what changed into events: each carries the whole state, under the version it becomes."""

from uuid import UUID

from services.scheduling.domain.engagements.choosing import Chosen
from services.scheduling.domain.engagements.engagement import Payment
from services.scheduling.domain.invitations.following_up import Step
from services.scheduling.domain.invitations.invitation import Answer, Invitation, InvitedSession
from services.scheduling.domain.planning.slots import Choice
from services.scheduling.domain.planning.staffing import Support
from services.scheduling.domain.resources.venues import Venue
from services.scheduling.domain.sessions.session import Absentee, Attendee, Session, SessionStatus
from shared.contracts import engagements, sessions
from shared.contracts.base import Event
from shared.facts import Header

_OF_ANSWER: dict[Answer, type[Event]] = {
    Answer.INVITED: sessions.InvitationIssued,
    Answer.ACCEPTED: sessions.InvitationAccepted,
    Answer.DECLINED: sessions.InvitationDeclined,
    Answer.EXPIRED: sessions.InvitationExpired,
    Answer.WITHDRAWN: sessions.InvitationCancelled,
    Answer.CANCELLED: sessions.InvitationCancelled,
    Answer.ANOTHER_TIME: sessions.InvitationAnotherTime,
}
_OF_STATUS: dict[SessionStatus, type[Event]] = {
    SessionStatus.ANNOUNCED: sessions.SessionAnnounced,
    SessionStatus.UNSCHEDULED: sessions.SessionUnscheduled,
    SessionStatus.CANCELLED: sessions.SessionCancelled,
}


def session_events(before: Session | None, after: Session, header: Header) -> tuple[Event, ...]:
    """Return the event that tells how a session changed."""
    if before is None or before.status is not after.status:
        kind = _OF_STATUS[after.status]
    elif before.calendar_sequence != after.calendar_sequence:
        kind = sessions.SessionRescheduled
    elif after.status is SessionStatus.UNSCHEDULED and before.reasons != after.reasons:
        kind = sessions.SessionUnscheduled
    else:
        kind = sessions.SessionUpdated
    state = session_state(after)
    return (kind(**header, subject=after.id, sequence=after.version + 1, data=state),)


def invitation_events(
    before: Invitation | None, after: Invitation, header: Header
) -> tuple[Event, ...]:
    """Return the event that tells how an invitation changed; none for what nobody hears of."""
    kind: type[Event]
    refused = before is not None and before.refused_reply < after.refused_reply
    if before is None or before.answer is not after.answer or refused:
        kind = _OF_ANSWER[after.answer]
    elif after.is_open and before.sessions != after.sessions:
        kind = sessions.InvitationChanged
    else:
        return ()
    state = invitation_state(after)
    return (kind(**header, subject=after.id, sequence=after.version + 1, data=state),)


def reminder_event(
    invitation: Invitation, session_id: str, header: Header
) -> sessions.InvitationReminderDue:
    """Return the event by which a person is reminded of a session."""
    state = dict(invitation_state(invitation))
    return sessions.InvitationReminderDue(
        **header,
        subject=invitation.id,
        sequence=invitation.version + 1,
        data=sessions.ReminderState(**state, due_session_id=UUID(session_id)),
    )


def follow_up_event(
    invitation: Invitation, step: Step, header: Header
) -> sessions.InvitationFollowUpDue:
    """Return the event by which a silent person is reached another way."""
    state = dict(invitation_state(invitation))
    return sessions.InvitationFollowUpDue(
        **header,
        subject=invitation.id,
        sequence=invitation.version + 1,
        data=sessions.FollowUpState(**state, step=sessions.FollowUpStep(step)),
    )


def session_state(session: Session) -> sessions.SessionState:
    """Return a session as others see it."""
    return sessions.SessionState(
        session_id=UUID(session.id),
        engagement_id=UUID(session.engagement_id),
        engagement_reference=session.engagement_reference,
        match_id=UUID(session.match_id),
        title=session.title,
        partner=session.partner,
        status=sessions.SessionStatus(session.status),
        number=session.number,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        joinable_until=session.joinable_until,
        venue=_venue(session.venue) if session.venue else None,
        calendar_sequence=session.calendar_sequence,
        attendees=tuple(_attendee(each, session) for each in session.attendees),
        places=session.places,
        missing=session.missing,
        reasons=session.reasons,
        quorum=session.quorum,
        at_risk=session.at_risk,
        support=tuple(map(_support, session.support)),
        unmet=session.unmet,
        waived=tuple(sessions.Waiver(need=each.need, by=each.by) for each in session.waived),
        choice=_choice(session.choice) if session.choice else None,
        cannot_come=tuple(map(_absentee, session.cannot_come)),
        moves_refused=session.moves_refused,
    )


def invitation_state(invitation: Invitation) -> sessions.InvitationState:
    """Return an invitation as others see it."""
    return sessions.InvitationState(
        invitation_id=UUID(invitation.id),
        participant_id=UUID(invitation.participant_id),
        participant_reference=invitation.reference,
        engagement_id=UUID(invitation.engagement_id),
        engagement_reference=invitation.engagement_reference,
        match_id=UUID(invitation.match_id),
        title=invitation.title,
        description=invitation.description,
        partner=invitation.partner,
        answer=sessions.Answer(invitation.answer),
        answer_by=invitation.answer_by,
        sessions=tuple(map(_invited_session, invitation.sessions)),
        payment=_payment(invitation.payment),
        replaces=UUID(invitation.replaces) if invitation.replaces else None,
        refused_reply=invitation.refused_reply,
        by_phone=invitation.by_phone,
        issued_at=invitation.issued_at,
        asked=invitation.asked,
        chosen=_chosen(invitation.chosen) if invitation.chosen else None,
    )


def _attendee(attendee: Attendee, session: Session) -> sessions.Attendee:
    noted = (each for each in session.came if each.participant_id == attendee.participant_id)
    came = next(noted, None)
    return sessions.Attendee(
        participant_id=UUID(attendee.participant_id),
        participant_reference=attendee.reference,
        invitation_id=UUID(attendee.invitation_id),
        answer=sessions.Answer(attendee.answer),
        attended=came.attended if came else None,
        hours=came.hours if came else None,
    )


def _invited_session(invited: InvitedSession) -> sessions.InvitedSession:
    return sessions.InvitedSession(
        session_id=UUID(invited.session_id),
        calendar_sequence=invited.calendar_sequence,
        starts_at=invited.starts_at,
        ends_at=invited.ends_at,
        venue=_venue(invited.venue),
    )


def _venue(venue: Venue) -> sessions.Venue:
    return sessions.Venue(
        venue_id=venue.id,
        name=venue.name,
        address=venue.address,
        postcode=venue.postcode,
        online=venue.online,
        access=venue.access,
    )


def _chosen(chosen: Chosen) -> sessions.Chosen:
    return sessions.Chosen(
        how=sessions.Choice(chosen.how),
        chance=chosen.chance,
        features=chosen.features,
        follows_population=chosen.follows_population,
    )


def _payment(payment: Payment) -> engagements.Payment:
    return engagements.Payment(gbp_per_hour=payment.gbp_per_hour, time_credits=payment.time_credits)


def _support(support: Support) -> sessions.SupportWorker:
    return sessions.SupportWorker(
        resource_id=support.worker_id,
        shown_as=support.name,
        kind=sessions.WorkerKind(support.role.kind),
        skill=support.role.skill,
    )


def _choice(choice: Choice) -> sessions.SlotChoice:
    return sessions.SlotChoice(
        quota_deviation=choice.deviation,
        present=choice.present,
        of=choice.of,
        travel_km=choice.travel_km,
        hard=choice.hard,
        next_best=tuple(
            sessions.Alternative(
                starts_at=tuple(meeting.starts_at for meeting in each.meetings),
                venue=_venue(each.venue),
                present=each.present,
                of=each.of,
                quota_deviation=each.deviation,
            )
            for each in choice.next_best
        ),
    )


def _absentee(absentee: Absentee) -> sessions.Absentee:
    return sessions.Absentee(
        participant_id=UUID(absentee.participant_id), why=sessions.Hindrance(absentee.why)
    )
