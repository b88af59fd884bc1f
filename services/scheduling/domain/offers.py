"""Who is to be invited to what, and what becomes of the invitations there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid5

from services.scheduling.domain.arrangement import NAMESPACE
from services.scheduling.domain.attendants import Attendant
from services.scheduling.domain.crowd import goes_to
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.invitations import (
    GIVEN_UP,
    Answer,
    Invitation,
    InvitedSession,
    ahead,
    answer_by,
)
from services.scheduling.domain.panels import Member, Panel
from services.scheduling.domain.sessions import Session
from services.scheduling.domain.venues import Venue


def invitation_id(engagement_id: str, participant_id: str) -> str:
    """Return the id of a person's one invitation to an engagement."""
    return str(uuid5(NAMESPACE, f"invitation {engagement_id} {participant_id}"))


@dataclass(frozen=True, slots=True)
class Offers:
    """What an engagement has to offer to the people of its panel."""

    engagement: Engagement
    panel: Panel
    people: Mapping[str, Attendant]
    sessions: tuple[Session, ...]
    online_venue: Venue | None

    def settled(
        self, invitations: Mapping[str, Invitation], replaced: Mapping[str, str], now: datetime
    ) -> dict[str, Invitation]:
        """Return all invitations as they should stand, by person."""
        settled = {key: self._kept(each, now) for key, each in invitations.items()}
        for member in self.panel.members:
            before = invitations.get(member.participant_id)
            wanted = before is None or self._is_offered_again(before)
            if self.engagement.open and wanted and self._ahead(member.participant_id, now):
                issued = self._issued(member, replaced.get(member.participant_id), now)
                settled[member.participant_id] = _succeeding(issued, before)
        return settled

    def _is_offered_again(self, before: Invitation) -> bool:
        if before.answer in GIVEN_UP:
            return self.panel.is_asked_again(before.participant_id, before.asked)
        return before.answer in {Answer.CANCELLED, Answer.ANOTHER_TIME}

    def _kept(self, invitation: Invitation, now: datetime) -> Invitation:
        person = self.people[invitation.participant_id]
        if person.erased:
            invitation = replace(invitation, reference="", chosen=None)
        if not invitation.is_open:
            return invitation
        if not self.panel.has(person.id):
            return replace(invitation, answer=Answer.WITHDRAWN)
        if self.engagement.open:
            return self._brought_up_to_date(invitation, now)
        if invitation.sessions and not ahead(invitation.sessions, now):
            return invitation
        return replace(invitation, answer=Answer.CANCELLED, sessions=self._recounted(invitation))

    def _brought_up_to_date(self, invitation: Invitation, now: datetime) -> Invitation:
        known = {each.session_id for each in invitation.sessions}
        sessions = tuple(
            self._invited(each, invitation.participant_id)
            for each in self.sessions
            if each.announced and (each.id in known or not each.begun(now))
        )
        if sessions == invitation.sessions:
            return invitation
        changed = replace(invitation, sessions=sessions)
        coming = ahead(sessions, now)
        if invitation.answer is Answer.INVITED and coming:
            return replace(changed, answer_by=answer_by(now, coming[0].starts_at))
        return changed

    def _recounted(self, invitation: Invitation) -> tuple[InvitedSession, ...]:
        """Return the sessions with the count of their last change, which called them off."""
        counts = {each.id: each.calendar_sequence for each in self.sessions}
        return tuple(
            replace(each, calendar_sequence=counts.get(each.session_id, each.calendar_sequence))
            for each in invitation.sessions
        )

    def _ahead(self, participant_id: str, now: datetime) -> tuple[InvitedSession, ...]:
        dated = (each for each in self.sessions if each.announced and not each.begun(now))
        return tuple(self._invited(each, participant_id) for each in dated)

    def _invited(self, session: Session, participant_id: str) -> InvitedSession:
        if session.starts_at is None or session.ends_at is None or session.venue is None:
            raise ValueError("an announced session has a time and a place")
        return InvitedSession(
            session.id,
            session.calendar_sequence,
            session.starts_at,
            session.ends_at,
            self._venue(session.venue, self.people[participant_id]),
        )

    def _venue(self, venue: Venue, person: Attendant) -> Venue:
        """Return where the person takes part: from home when they cannot go there."""
        from_home = person.online and self.engagement.terms.online
        if self.online_venue is None or goes_to(person, venue) or not from_home:
            return venue
        return self.online_venue

    def _issued(self, member: Member, replaces: str | None, now: datetime) -> Invitation:
        sessions = self._ahead(member.participant_id, now)
        engagement = self.engagement
        return Invitation(
            id=invitation_id(engagement.id, member.participant_id),
            hub=self.panel.hub,
            correlation_id=self.panel.correlation_id,
            participant_id=member.participant_id,
            reference=member.reference,
            engagement_id=engagement.id,
            engagement_reference=engagement.reference,
            match_id=self.panel.match_id,
            title=engagement.title,
            description=engagement.description,
            partner=engagement.partner,
            payment=engagement.payment,
            answer=Answer.INVITED,
            answer_by=answer_by(now, sessions[0].starts_at),
            sessions=sessions,
            replaces=replaces,
            issued_at=now,
            chosen=member.chosen,
        )


def _succeeding(issued: Invitation, before: Invitation | None) -> Invitation:
    if before is None:
        return issued
    return replace(
        issued,
        reply_sequence=before.reply_sequence,
        asked=before.asked + 1,
        not_at=before.not_at,
        version=before.version,
    )
