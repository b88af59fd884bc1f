"""All that is known of one engagement when it is settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.scheduling.domain.calendar import Meeting, Period
from services.scheduling.domain.engagements.engagement import Engagement
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.resources.bookings import BookedDay, Occupancy
from services.scheduling.domain.sessions.arrangement import stands, to_move
from services.scheduling.domain.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Situation:
    """Sessions by number, invitations by person; `busy`: when rooms and workers cannot be had."""

    now: datetime
    engagement: Engagement
    panel: Panel
    people: Mapping[str, Attendant]
    sessions: tuple[Session, ...]
    invitations: Mapping[str, Invitation]
    days: Mapping[str, BookedDay]
    busy: Mapping[str, Sequence[Period]] = field(default_factory=dict)

    @property
    def open_invitations(self) -> list[Invitation]:
        """Those of people who are invited or come."""
        return [each for each in self.invitations.values() if each.is_open]

    @property
    def ahead(self) -> list[Session]:
        """The sessions that have a time and have not begun."""
        return [each for each in self.sessions if each.is_ahead(self.now)]

    @property
    def meetings(self) -> list[Meeting]:
        """When the sessions ahead are."""
        return [each.meeting for each in self.ahead if each.meeting]

    @property
    def stands(self) -> bool:
        """Whether the sessions are as they should be, so that nothing is to be placed."""
        return stands(self.panel, self.engagement, self.sessions, self.now)

    @property
    def moving(self) -> Session | None:
        """The session that is to be moved, of those that stand."""
        return to_move(self.panel, self.sessions, self.now)

    def with_days(self, days: Iterable[BookedDay]) -> "Situation":
        """Return it with what is booked on these days."""
        return replace(self, days={each.id: each for each in days})

    @property
    def occupancy(self) -> Occupancy:
        """What rooms and workers are booked for."""
        return Occupancy(self.days, self.busy)
