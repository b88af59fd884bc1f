"""Who is expected at which session: nobody at a time or place that they said they cannot make."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.people.attendants import can_come, is_here
from services.scheduling.domain.people.crowd import takes_part
from services.scheduling.domain.planning.slots import Rules
from services.scheduling.domain.sessions.session import Absentee, Hindrance, Session
from services.scheduling.domain.settling.situation import Situation


@dataclass(frozen=True, slots=True)
class Expectation:
    """The people of an engagement and its sessions."""

    situation: Situation
    rules: Rules

    def at(self, participant_id: str) -> Iterator[Session]:
        """Yield the sessions ahead that the person is, or is to be, expected at."""
        return (each for each in self.situation.ahead if self._is_at(participant_id, each))

    def _is_at(self, participant_id: str, session: Session) -> bool:
        """Whether the person was asked to this session as it is, or can come and did not refuse."""
        invitation = self.situation.invitations.get(participant_id)
        if invitation and invitation.is_open and _names(invitation, session):
            return True
        if invitation and session.starts_at in self._refused(invitation):
            return False
        return self.hindrance(participant_id, session) is None

    def _refused(self, invitation: Invitation) -> tuple[datetime, ...]:
        """Return the times that do not suit, unless staff ask the person again all the same."""
        panel = self.situation.panel
        again = panel.is_asked_again(invitation.participant_id, invitation.asked)
        return () if again else invitation.not_at

    def ids(self, participant_id: str) -> frozenset[str]:
        """Return the ids of these sessions."""
        return frozenset(each.id for each in self.at(participant_id))

    def hindrance(self, participant_id: str, session: Session) -> Hindrance | None:
        """Return why the person cannot come to a session, by what they said; None if they can."""
        person, meeting, venue = (
            self.situation.people[participant_id],
            session.meeting,
            session.venue,
        )
        engagement = self.situation.engagement
        if meeting is None or venue is None:
            return None
        school = self.rules.school(engagement.hub)
        if not is_here(person, meeting.day, school):
            return Hindrance.AWAY
        if not can_come(person, meeting.day, meeting.hours, school):
            return Hindrance.TIME
        if person.is_busy_at([meeting], apart_from=engagement.id):
            return Hindrance.ELSEWHERE
        takes = takes_part(person, venue, engagement.terms, self.rules.exclusions)
        return None if takes else Hindrance.PLACE

    def absentees(self, session: Session) -> tuple[Absentee, ...]:
        """Return who of the panel and its reserves is not expected at a session ahead, and why.

        Who is at another session at that time is not told: that changes without this one.
        """
        panel = self.situation.panel
        named = sorted(each.participant_id for each in (*panel.members, *panel.reserves))
        missing = (each for each in named if not self._is_at(each, session))
        reasons = ((each, self.hindrance(each, session)) for each in missing)
        lasting = ((each, why) for each, why in reasons if why is not Hindrance.ELSEWHERE)
        return tuple(Absentee(each, why) for each, why in lasting if why)


def _names(invitation: Invitation, session: Session) -> bool:
    asked = {(each.session_id, each.calendar_sequence) for each in invitation.sessions}
    return (session.id, session.calendar_sequence) in asked
