"""What the use cases need to read, and to describe as changed."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from services.scheduling.domain.absences import Absences
from services.scheduling.domain.attendants import Attendant
from services.scheduling.domain.bookings import BookedDay
from services.scheduling.domain.calendar import Days
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.invitations import Invitation
from services.scheduling.domain.panels import Panel
from services.scheduling.domain.sessions import Session
from shared.changes import Put

E = TypeVar("E")


class Kept(Protocol[E]):
    """Entities of one kind. Reading raises UnavailableError when the store does not answer."""

    async def get(self, entity_id: str, /) -> E | None:
        """Return the newest version, if there is one."""
        ...

    def keep(self, entity: E, /) -> Put:
        """Describe the write that stores the entity; ConflictError if somebody else was first."""
        ...


class Panels(Kept[Panel], Protocol):
    """Approved panels by engagement."""

    async def with_person(self, participant_id: str) -> list[Panel]:
        """Return the panels on which the person is, was or stands in reserve."""
        ...

    async def to_place(self, hub: str) -> list[Panel]:
        """Return the panels of a hub that wait for times, by id."""
        ...


class Sessions(Kept[Session], Protocol):
    """Sessions of all engagements."""

    async def of_engagement(self, engagement_id: str) -> list[Session]:
        """Return an engagement's sessions by number."""
        ...

    async def worked_by(self, worker_id: str) -> list[Session]:
        """Return the sessions for which somebody is booked."""
        ...


class Invitations(Kept[Invitation], Protocol):
    """Invitations of all engagements."""

    async def of_engagement(self, engagement_id: str) -> list[Invitation]:
        """Return all invitations to an engagement, whatever became of them."""
        ...

    async def of_person(self, participant_id: str) -> list[Invitation]:
        """Return all invitations a person ever had."""
        ...


class BookedDays(Kept[BookedDay], Protocol):
    """Bookings by room or worker, and day."""

    async def within(self, days: Days) -> list[BookedDay]:
        """Return what is booked in these days, of any room or worker."""
        ...


@dataclass(frozen=True, slots=True)
class Diary:
    """Everything that scheduling keeps."""

    attendants: Kept[Attendant]
    engagements: Kept[Engagement]
    panels: Panels
    sessions: Sessions
    invitations: Invitations
    booked_days: BookedDays
    absences: Kept[Absences]
