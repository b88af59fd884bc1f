"""A dated meeting of an engagement, and who comes to it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.scheduling.domain.calendar import Meeting, local_meeting
from services.scheduling.domain.engagements.panels import Waiver
from services.scheduling.domain.invitations.invitation import Answer
from services.scheduling.domain.planning.slots import Choice
from services.scheduling.domain.planning.staffing import Support
from services.scheduling.domain.resources.venues import Venue

NOT_MOVED = "it cannot be moved: "
SHORTEST_TO_JOIN = timedelta(hours=24)
"""Nobody is given a place so shortly before a session that they could hardly come."""


class SessionStatus(StrEnum):
    """Where a session stands."""

    ANNOUNCED = "announced"
    UNSCHEDULED = "unscheduled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attendee:
    """A person invited to a session, and their answer."""

    participant_id: str
    reference: str
    invitation_id: str
    answer: Answer


class Hindrance(StrEnum):
    """Why somebody cannot come to a session: what would have to change."""

    TIME = "time"
    AWAY = "away"
    ELSEWHERE = "elsewhere"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Absentee:
    """A member of the panel, or a reserve, who is not expected at a session."""

    participant_id: str
    why: Hindrance


@dataclass(frozen=True, slots=True)
class Came:
    """Whether a person came, as somebody noted it."""

    participant_id: str
    attended: bool
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """`support`: who works at it. `unmet`: needs of its people, features of the venue or skills.

    `choice`: why it is when and where it is. `cannot_come`: members of the panel who are not
    expected at it, and why. `waived`: what staff accepted as unmet. `calendar_sequence` counts
    changes of time or place, also to none.

    `match_sequence` is that of the approval it follows, so that each is answered: whoever it brings
    may have been taken by something else. `quorum`: how many it needs; `at_risk`: it may have
    fewer. `moves_refused` counts the times that nothing was found for a move. `called_off`: staff
    decided that it does not take place. `came`: who was there, and who was not, by the newest that
    was heard.
    """

    id: str
    hub: str
    correlation_id: str
    engagement_id: str
    engagement_reference: str
    match_id: str
    title: str
    partner: str
    number: int
    places: int
    status: SessionStatus = SessionStatus.UNSCHEDULED
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: Venue | None = None
    calendar_sequence: int = 0
    attendees: tuple[Attendee, ...] = ()
    missing: int = 0
    reasons: tuple[str, ...] = ()
    match_sequence: int = 0
    support: tuple[Support, ...] = ()
    unmet: tuple[str, ...] = ()
    choice: Choice | None = None
    cannot_come: tuple[Absentee, ...] = ()
    waived: tuple[Waiver, ...] = ()
    quorum: int = 0
    at_risk: bool = False
    called_off: bool = False
    came: tuple[Came, ...] = ()
    came_sequence: int = 0
    moves_refused: int = 0
    version: int = 0

    @property
    def announced(self) -> bool:
        """Whether it has a time and a place."""
        return self.status is SessionStatus.ANNOUNCED

    @property
    def meeting(self) -> Meeting | None:
        """Its day and wall time in London; None without a time."""
        if self.starts_at is None or self.ends_at is None:
            return None
        return local_meeting(self.starts_at, self.ends_at)

    @property
    def resources(self) -> tuple[str, ...]:
        """The rooms and workers, by id, that it has booked."""
        if not self.announced or self.venue is None:
            return ()
        rooms = () if self.venue.online else (self.venue.id,)
        return (*rooms, *(each.worker_id for each in self.support))

    @property
    def joinable_until(self) -> datetime | None:
        """Up to when somebody new may be given a place for its sake; None without a time."""
        return self.starts_at - SHORTEST_TO_JOIN if self.announced and self.starts_at else None

    def begun(self, now: datetime) -> bool:
        """Whether it takes place now or took place: nothing moves or cancels it any more."""
        return self.announced and self.starts_at is not None and self.starts_at <= now

    def is_ahead(self, now: datetime) -> bool:
        """Whether it has a time that is still to come."""
        return self.announced and not self.begun(now)

    def without(self, people: Collection[str]) -> "Session":
        """Return it with nothing noted of whether these people came, or could not."""
        return replace(
            self,
            came=tuple(c for c in self.came if c.participant_id not in people),
            cannot_come=tuple(a for a in self.cannot_come if a.participant_id not in people),
        )

    def unmoved(self, reasons: tuple[str, ...]) -> "Session":
        """Return it where it is, with why it was not moved as staff asked."""
        said = tuple(f"{NOT_MOVED}{each}" for each in reasons)
        return replace(self, reasons=said, moves_refused=self.moves_refused + 1)

    def at(
        self, meeting: Meeting, venue: Venue, support: tuple[Support, ...], choice: Choice
    ) -> "Session":
        """Return the session announced for this time and place, with who works at it."""
        times = meeting.starts_at, meeting.ends_at
        here = self.venue is not None and self.venue.id == venue.id
        stays = self.announced and here and (self.starts_at, self.ends_at) == times
        return replace(
            self if stays else self._changed(SessionStatus.ANNOUNCED),
            starts_at=times[0],
            ends_at=times[1],
            venue=venue,
            support=support,
            choice=choice,
            reasons=(),
            unmet=(),
        )

    def unscheduled(self, reasons: tuple[str, ...], unmet: tuple[str, ...]) -> "Session":
        """Return the session without time and place, why, and which needs stand in the way."""
        is_new = self.status is SessionStatus.UNSCHEDULED
        undated = replace(
            self if is_new else self._changed(SessionStatus.UNSCHEDULED),
            starts_at=None,
            ends_at=None,
            venue=None,
            support=(),
            choice=None,
            cannot_come=(),
        )
        return replace(undated, reasons=reasons, unmet=unmet)

    def cancelled(self) -> "Session":
        """Return the session called off; it keeps its time, so that people know which one."""
        if self.status is SessionStatus.CANCELLED:
            return self
        return replace(self._changed(SessionStatus.CANCELLED), support=())

    def _changed(self, status: SessionStatus) -> "Session":
        was_dated = self.starts_at is not None or self.calendar_sequence > 0
        return replace(
            self, status=status, calendar_sequence=self.calendar_sequence + int(was_dated)
        )
