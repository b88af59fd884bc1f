"""What staff ask of sessions, and note of them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model
from shared.contracts.engagements import Attendance


class MoveRequest(Model):
    """Staff want a session at another time than it had when `calendar_sequence` was counted."""

    engagement_id: UUID
    session_id: UUID
    calendar_sequence: int
    by: str


class NeedsAcceptance(Model):
    """A named member of staff accepted, in writing, that `needs` will not be met.

    They are features of a venue, or skills, as `SessionState.unmet` has them. What was written
    stays with the staff: it may be about a person.
    """

    engagement_id: UUID
    session_id: UUID
    needs: tuple[str, ...]
    by: str


class SupportChange(Model):
    """Somebody booked to work at a session cannot come from `starts_at` to `ends_at`, or can again.

    `cannot_come` false takes it back.
    """

    engagement_id: UUID
    session_id: UUID
    resource_id: str
    starts_at: datetime
    ends_at: datetime
    cannot_come: bool = True
    by: str


class SessionMoveRequested(Event):
    """Staff want a session moved. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.move_requested.v1"
    data: MoveRequest


class SessionNeedsAccepted(Event):
    """Staff accepted that needs will not be met. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.needs_accepted.v1"
    data: NeedsAcceptance


class SessionSupportChanged(Event):
    """Staff noted that somebody cannot work at a session, or can again. Subject: both of them."""

    TYPE: ClassVar[str] = "wlc.session.support_changed.v1"
    data: SupportChange


class CancelOrder(Model):
    """That a session is not to take place, and who of staff decided so."""

    session_id: UUID
    engagement_id: UUID
    by: str


class SessionCancelRequested(Event):
    """Staff call one session off. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.cancel_requested.v1"
    data: CancelOrder


class AttendanceNote(Model):
    """Who came to a session, and who of those expected did not, as a member of staff noted it."""

    session_id: UUID
    engagement_id: UUID
    by: str
    attendances: tuple[Attendance, ...]


class SessionAttendanceNoted(Event):
    """Staff noted who came, or corrected it. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.attendance_noted.v1"
    data: AttendanceNote
