"""A dated meeting of an engagement, and who comes to it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.scheduling.domain.calendar import Meeting
from services.scheduling.domain.invitations import Answer
from services.scheduling.domain.venues import Venue

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


@dataclass(frozen=True, slots=True)
class Session:
    """`calendar_sequence` counts changes of time or place, also to none.

    `match_sequence` is that of the approval it follows, so that each is answered: whoever it brings
    may have been taken by something else.
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
    version: int = 0

    @property
    def announced(self) -> bool:
        """Whether it has a time and a place."""
        return self.status is SessionStatus.ANNOUNCED

    @property
    def joinable_until(self) -> datetime | None:
        """Up to when somebody new may be given a place for its sake; None without a time."""
        return self.starts_at - SHORTEST_TO_JOIN if self.announced and self.starts_at else None

    def begun(self, now: datetime) -> bool:
        """Whether it takes place now or took place: nothing moves or cancels it any more."""
        return self.announced and self.starts_at is not None and self.starts_at <= now

    def at(self, meeting: Meeting, venue: Venue) -> "Session":
        """Return the session announced for this time and place."""
        times = meeting.starts_at, meeting.ends_at
        here = self.venue is not None and self.venue.id == venue.id
        if self.announced and here and (self.starts_at, self.ends_at) == times:
            return replace(self, venue=venue)
        return replace(
            self._changed(SessionStatus.ANNOUNCED),
            starts_at=times[0],
            ends_at=times[1],
            venue=venue,
            reasons=(),
        )

    def unscheduled(self, reasons: tuple[str, ...]) -> "Session":
        """Return the session without time and place, and why."""
        if self.status is SessionStatus.UNSCHEDULED:
            return replace(self, reasons=reasons)
        undated = replace(
            self._changed(SessionStatus.UNSCHEDULED), starts_at=None, ends_at=None, venue=None
        )
        return replace(undated, reasons=reasons)

    def cancelled(self) -> "Session":
        """Return the session called off; it keeps its time, so that people know which one."""
        if self.status is SessionStatus.CANCELLED:
            return self
        return self._changed(SessionStatus.CANCELLED)

    def _changed(self, status: SessionStatus) -> "Session":
        was_dated = self.starts_at is not None or self.calendar_sequence > 0
        return replace(
            self, status=status, calendar_sequence=self.calendar_sequence + int(was_dated)
        )
