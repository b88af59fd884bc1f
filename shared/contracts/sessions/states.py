"""What scheduling says of sessions."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model


class Answer(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ANOTHER_TIME = "another_time"


class SessionStatus(StrEnum):
    """Where a session stands. `unscheduled`: no slot and venue suit; `reasons` say why."""

    ANNOUNCED = "announced"
    UNSCHEDULED = "unscheduled"
    CANCELLED = "cancelled"


class Venue(Model):
    """Where a session takes place; an online session has no postcode."""

    venue_id: str
    name: str
    address: str = ""
    postcode: str | None = None
    online: bool = False
    access: tuple[str, ...] = ()


class Attendee(Model):
    """A person invited to a session, and their answer.

    `attended`, and for how many `hours`: as far as somebody noted it.
    """

    participant_id: UUID
    participant_reference: str
    invitation_id: UUID
    answer: Answer
    attended: bool | None = None
    hours: float | None = None


class WorkerKind(StrEnum):
    """Facilitators hold a session; communication professionals make it possible for a person."""

    FACILITATOR = "facilitator"
    PROFESSIONAL = "professional"


class SupportWorker(Model):
    """Somebody booked to work at a session; `skill` is a professional's.

    `shown_as` is what staff call them: a role and a number, or initials.
    """

    resource_id: str
    shown_as: str
    kind: WorkerKind
    skill: str = ""


class Hindrance(StrEnum):
    """Why somebody is not expected at a session: the one thing that would have to change."""

    TIME = "time"
    AWAY = "away"
    ELSEWHERE = "elsewhere"
    PLACE = "place"


class Absentee(Model):
    """A member of the panel, or a reserve, who cannot come to a session, by what they said."""

    participant_id: UUID
    why: Hindrance


class Alternative(Model):
    """Other times of the series that were next best, in the terms of `SlotChoice`."""

    starts_at: tuple[datetime, ...]
    venue: Venue
    present: int
    of: int
    quota_deviation: int = 0


class SlotChoice(Model):
    """Why a series is when and where it is: no other time did better, in this order.

    By how many people the quotas are missed among those who can come (`quota_deviation`, summed
    over the sessions); how many can come (`present` of `of`, counting people at sessions);
    `travel_km` as the crow flies, of all together; how often somebody called those hours hard.
    """

    quota_deviation: int = 0
    present: int
    of: int
    travel_km: int = 0
    hard: int = 0
    next_best: tuple[Alternative, ...] = ()


class Waiver(Model):
    """A named member of staff accepted in writing that a need will not be met."""

    need: str
    by: str


class SessionState(Model):
    """A dated meeting of an engagement. `calendar_sequence` counts changes of time or place.

    `support` works at it. `unmet` are needs, features of a venue or skills, that stand in the way
    of a time, or of the session as it is; `waived` what staff accepted. `cannot_come` are members
    of the panel who are not expected. Until `joinable_until` somebody new may be given a place for
    its sake; who joins a series joins all that lies ahead of it. None where it has no time.
    `quorum`: how many it needs; `at_risk`: fewer said yes, and it is late or nobody is left to be
    asked instead. Staff decide what follows.
    """

    session_id: UUID
    engagement_id: UUID
    engagement_reference: str
    match_id: UUID
    title: str
    partner: str
    status: SessionStatus
    number: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    joinable_until: datetime | None = None
    venue: Venue | None = None
    calendar_sequence: int = 0
    attendees: tuple[Attendee, ...] = ()
    places: int
    missing: int = 0
    reasons: tuple[str, ...] = ()
    support: tuple[SupportWorker, ...] = ()
    unmet: tuple[str, ...] = ()
    waived: tuple[Waiver, ...] = ()
    choice: SlotChoice | None = None
    cannot_come: tuple[Absentee, ...] = ()
    moves_refused: int = 0
    quorum: int = 0
    at_risk: bool = False


class SessionAnnounced(Event):
    """A session has a time and a place."""

    TYPE: ClassVar[str] = "wlc.session.announced.v1"
    data: SessionState


class SessionUpdated(Event):
    """Who comes to a session changed."""

    TYPE: ClassVar[str] = "wlc.session.updated.v1"
    data: SessionState


class SessionRescheduled(Event):
    """A session moved."""

    TYPE: ClassVar[str] = "wlc.session.rescheduled.v1"
    data: SessionState


class SessionUnscheduled(Event):
    """No slot and venue suit; staff must act."""

    TYPE: ClassVar[str] = "wlc.session.unscheduled.v1"
    data: SessionState


class SessionCancelled(Event):
    """A session will not take place."""

    TYPE: ClassVar[str] = "wlc.session.cancelled.v1"
    data: SessionState
