"""What staff should know of each session: who comes, who is missing, what is not met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.scheduling.domain.calendar import counted
from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.planning.slots import Rules
from services.scheduling.domain.planning.staffing import Role, lacking
from services.scheduling.domain.sessions.session import NOT_MOVED, Attendee, Session
from services.scheduling.domain.settling.expectation import Expectation
from services.scheduling.domain.settling.manning import needed
from services.scheduling.domain.settling.situation import Situation

TO_DO = "book elsewhere, move the session, or accept in writing that there is none"


@dataclass(frozen=True, slots=True)
class Notes:
    """An engagement as it was settled, with the invitations as they are to be."""

    situation: Situation
    rules: Rules
    invitations: Mapping[str, Invitation]

    def all(self) -> tuple[Session, ...]:
        """Return all sessions, noted."""
        return tuple(map(self._noted, self.situation.sessions))

    def _noted(self, session: Session) -> Session:
        people, panel = self.situation.people, self.situation.panel
        if session.begun(self.situation.now):
            remembered = [a for a in session.attendees if not people[a.participant_id].erased]
            return replace(session, attendees=tuple(remembered), cannot_come=())
        session = replace(
            session,
            attendees=tuple(self._attendees(session)),
            missing=panel.missing,
            places=panel.places,
            match_sequence=panel.match_sequence,
            waived=panel.waivers,
        )
        return self._examined(session) if session.announced else replace(session, cannot_come=())

    def _attendees(self, session: Session) -> Iterator[Attendee]:
        for each in sorted(self.invitations.values(), key=lambda each: each.reference):
            concerned = session.starts_at is None or any(
                invited.session_id == session.id for invited in each.sessions
            )
            if concerned and not self.situation.people[each.participant_id].erased:
                yield Attendee(each.participant_id, each.reference, each.id, each.answer)

    def _examined(self, session: Session) -> Session:
        """Return an announced session with every need that is not met, and what is to be done."""
        features, roles = self._lacking(session)
        reasons = [each for each in session.reasons if each.startswith(NOT_MOVED)]
        if features and session.venue:
            reasons.append(f"{session.venue.name} lacks {', '.join(features)}")
        if self._lost_its_room(session) and session.venue:
            reasons.append(f"{session.venue.name} cannot be had at that time any more")
        reasons += _shortages(roles)
        return replace(
            session,
            reasons=tuple(reasons),
            unmet=(*features, *dict.fromkeys(role.skill for role in roles if role.skill)),
            cannot_come=Expectation(self.situation, self.rules).absentees(session),
        )

    def _lacking(self, session: Session) -> tuple[list[str], list[Role]]:
        """Return the features that the venue lacks, and the roles that nobody fills."""
        panel, hub = self.situation.panel, self.rules.hubs.get(self.situation.panel.hub)
        members = [self.situation.people[each.participant_id] for each in panel.members]
        features = self.rules.access.features(members) - panel.waived
        lacks = sorted(session.venue.lacks(features)) if session.venue else []
        roles = needed(self.situation, self.rules, hub) if hub else ()
        left = lacking(roles, session.support)
        return lacks, [role for role in left if role.skill not in panel.waived]

    def _lost_its_room(self, session: Session) -> bool:
        venue, meeting = session.venue, session.meeting
        if venue is None or venue.online or meeting is None:
            return False
        return not self.situation.occupancy.is_at_hand(venue.id, meeting)


def _shortages(roles: list[Role]) -> Iterator[str]:
    for role in dict.fromkeys(roles):
        count = roles.count(role)
        are = "is" if count == 1 else "are"
        what = counted(count, role.label, role.label)
        yield f"{what} {are} still to be found for this time: {TO_DO}"
