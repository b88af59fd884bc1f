"""What the use cases need to read, and to describe as changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, TypeVar

from services.scheduling.domain.calendar import Days
from services.scheduling.domain.engagements.engagement import Engagement
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.resources.absences import Absences
from services.scheduling.domain.resources.bookings import BookedDay
from services.scheduling.domain.resources.busy import CalendarEntry, ResourceCalendar
from services.scheduling.domain.sessions.session import Session
from shared.changes import Put, Remove
from shared.errors import AppError

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

    async def lacking(self, hub: str) -> list[Session]:
        """Return the announced sessions of a hub that lack something, also what staff accepted."""
        ...

    async def naming(self, participant_id: str) -> list[Session]:
        """Return the sessions that expect a person, or say that they cannot come."""
        ...

    async def ahead(self, now: datetime) -> list[Session]:
        """Return those announced that have not begun, and those without a time."""
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


class ResourceCalendars(Kept[ResourceCalendar], Protocol):
    """What the calendars of rooms and staff say."""

    async def everything(self) -> list[ResourceCalendar]:
        """Return all of them."""
        ...

    def drop(self, entity: ResourceCalendar, /) -> Remove:
        """Describe deleting one."""
        ...


class UnreadableError(AppError):
    """A calendar cannot be read; `fault` says why in a word or two, and nothing of what it says."""

    code: ClassVar[str] = "calendar-unreadable"

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Reading:
    """What keeps somebody busy from now on, and the state (ETag) in which that was read."""

    entries: tuple[CalendarEntry, ...]
    tag: str = ""


class Calendars(Protocol):
    """The calendars of rooms and staff, where others keep them."""

    @property
    def resource_ids(self) -> frozenset[str]:
        """Whose calendars can be read."""
        ...

    async def read(self, resource_id: str, *, known_tag: str, now: datetime) -> Reading | None:
        """Return what it says; None when it is in the state that is known. Raises UnreadableError.

        At most 400 days ahead; what is free, called off or over is left out.
        """
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
    calendars: ResourceCalendars
