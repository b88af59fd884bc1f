"""Who is to be invited to what, and what becomes of the invitations there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid5

from services.scheduling.domain.engagements.panels import Member
from services.scheduling.domain.invitations.invitation import (
    GIVEN_UP,
    Answer,
    Invitation,
    InvitedSession,
    ahead,
    answer_by,
)
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.people.crowd import goes_to
from services.scheduling.domain.resources.venues import Venue
from services.scheduling.domain.sessions.arrangement import NAMESPACE
from services.scheduling.domain.sessions.session import Session
from services.scheduling.domain.settling.expectation import Expectation
from services.scheduling.domain.settling.situation import Situation


def invitation_id(engagement_id: str, participant_id: str) -> str:
    """Return the id of a person's one invitation to an engagement."""
    return str(uuid5(NAMESPACE, f"invitation {engagement_id} {participant_id}"))


@dataclass(frozen=True, slots=True)
class Offers:
    """What an engagement has to offer to the people of its panel."""

    situation: Situation
    expectation: Expectation
    online_venue: Venue | None

    def settled(self, replaced: Mapping[str, str]) -> dict[str, Invitation]:
        """Return all invitations as they should stand, by person; who came takes whose place."""
        before = self.situation.invitations
        settled = {key: self._kept(each) for key, each in before.items()}
        for member in self.situation.panel.members if self.situation.engagement.open else ():
            known = before.get(member.participant_id)
            sessions = self._ahead(member.participant_id)
            if sessions and (known is None or self._is_offered_again(known)):
                issued = self._issued(member, sessions, replaced.get(member.participant_id))
                settled[member.participant_id] = _succeeding(issued, known)
        return settled

    def _is_offered_again(self, before: Invitation) -> bool:
        if before.answer in GIVEN_UP:
            return self.situation.panel.is_asked_again(before.participant_id, before.asked)
        return before.answer in {Answer.CANCELLED, Answer.ANOTHER_TIME}

    def _kept(self, invitation: Invitation) -> Invitation:
        person, panel = self.situation.people[invitation.participant_id], self.situation.panel
        if person.erased:
            invitation = replace(invitation, reference="", chosen=None)
        if not invitation.is_open:
            return invitation
        if panel.is_put_off(person.id):
            return self._brought_up_to_date(invitation).put_off(self._starts)
        if not panel.has(person.id):
            return replace(invitation, answer=Answer.WITHDRAWN)
        if self.situation.engagement.open and not self._is_all_called_off(invitation):
            return self._brought_up_to_date(invitation)
        if invitation.sessions and not ahead(invitation.sessions, self.situation.now):
            return invitation
        return replace(invitation, answer=Answer.CANCELLED, sessions=self._recounted(invitation))

    def _is_all_called_off(self, invitation: Invitation) -> bool:
        """Whether staff called off every session of it; of a series that has begun, some were."""
        off = {each.id for each in self.situation.sessions if each.called_off}
        return bool(invitation.sessions) and off.issuperset(
            each.session_id for each in invitation.sessions
        )

    @property
    def _starts(self) -> list[datetime]:
        return [each.starts_at for each in self.situation.meetings]

    def _brought_up_to_date(self, invitation: Invitation) -> Invitation:
        now = self.situation.now
        known = {each.session_id for each in invitation.sessions}
        expected = self.expectation.ids(invitation.participant_id)
        sessions = tuple(
            self._invited(each, invitation.participant_id)
            for each in self.situation.sessions
            if each.id in expected or (each.begun(now) and each.id in known)
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
        counts = {each.id: each.calendar_sequence for each in self.situation.sessions}
        return tuple(
            replace(each, calendar_sequence=counts.get(each.session_id, each.calendar_sequence))
            for each in invitation.sessions
        )

    def _ahead(self, participant_id: str) -> tuple[InvitedSession, ...]:
        expected = self.expectation.at(participant_id)
        return tuple(self._invited(each, participant_id) for each in expected)

    def _invited(self, session: Session, participant_id: str) -> InvitedSession:
        if session.starts_at is None or session.ends_at is None or session.venue is None:
            raise ValueError("an announced session has a time and a place")
        return InvitedSession(
            session.id,
            session.calendar_sequence,
            session.starts_at,
            session.ends_at,
            self._venue(session.venue, self.situation.people[participant_id]),
        )

    def _venue(self, venue: Venue, person: Attendant) -> Venue:
        """Return where the person takes part: from home when they cannot go there."""
        from_home = person.online and self.situation.engagement.terms.online
        goes = goes_to(person, venue, self.expectation.rules.exclusions)
        if self.online_venue is None or goes or not from_home:
            return venue
        return self.online_venue

    def _issued(
        self, member: Member, sessions: tuple[InvitedSession, ...], replaces: str | None
    ) -> Invitation:
        engagement, panel, now = self.situation.engagement, self.situation.panel, self.situation.now
        return Invitation(
            id=invitation_id(engagement.id, member.participant_id),
            hub=panel.hub,
            correlation_id=panel.correlation_id,
            participant_id=member.participant_id,
            reference=member.reference,
            engagement_id=engagement.id,
            engagement_reference=engagement.reference,
            match_id=panel.match_id,
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
            reminder_times=self.situation.people[member.participant_id].reminder_times,
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
