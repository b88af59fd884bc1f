"""What intake says of an engagement and of what came of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Event, Model
from shared.contracts.participants import DateRange


class EngagementKind(StrEnum):
    """What people are asked into."""

    COMMISSIONING = "commissioning"
    STRATEGIC_PLANNING = "strategic_planning"
    SERVICE_REDESIGN = "service_redesign"
    ORGANISATIONAL_DEVELOPMENT = "organisational_development"


class LadderStep(StrEnum):
    """TLAP ladder of co-production; coercion and educating are not offered here."""

    INFORMING = "informing"
    CONSULTATION = "consultation"
    ENGAGEMENT = "engagement"
    CO_DESIGN = "co-design"
    CO_PRODUCTION = "co-production"


class EngagementStatus(StrEnum):
    """Whether people are still wanted."""

    OPEN = "open"
    CANCELLED = "cancelled"


class Place(Model):
    """Where it happens; metres on the British National Grid."""

    postcode: str | None = None
    borough: str | None = None
    easting: int | None = None
    northing: int | None = None
    online: bool = False
    in_person: bool = True


class LivedExperience(Model):
    """Tags asked for: one of `any`, and each of `all`."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()


class Eligibility(Model):
    """Hard limits on who is asked; empty means everybody."""

    age_min: int | None = None
    age_max: int | None = None
    boroughs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class QuotaBounds(Model):
    """How many people of one value the panel has, both ends included.

    Where no panel can have that, it may give way to `min_flex` and `max_flex`: none, as far as it
    takes. A match that gave way waits for people, or for staff.
    """

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=0)]
    min_flex: Annotated[int, Field(ge=0)] = 0
    max_flex: Annotated[int, Field(ge=0)] | None = None


Factor = Annotated[float, Field(gt=1, le=10)]
"""So many times its share of the population."""
Quotas = dict[str, dict[str, QuotaBounds]] | Literal["population"]


class SessionPlan(Model):
    """How many sessions, how long, how far apart."""

    count: Annotated[int, Field(ge=1, le=52)] = 1
    minutes: Annotated[int, Field(ge=15, le=480)] = 90
    every_days: Annotated[int, Field(ge=1, le=92)] = 14


class Payment(Model):
    """What a participant is offered for each hour, said up front.

    `time_credits` too are per hour (in timebanking, an hour given is one credit). Where both are
    offered, a participant takes one or the other.
    """

    gbp_per_hour: float | None = None
    time_credits: float | None = None


class EngagementState(Model):
    """A piece of co-production work that a partner asks people into.

    `over_representation` (feature, value, factor) raises values on purpose above their share of the
    population, where `quotas` follow it.
    """

    engagement_id: UUID
    publisher: str
    reference: str
    status: EngagementStatus = EngagementStatus.OPEN
    title: str
    description: str = ""
    partner: str
    kind: EngagementKind
    ladder_step: LadderStep
    decision_owner: str
    feedback_due: date
    places: Annotated[int, Field(ge=1, le=500)]
    reserves: Annotated[int, Field(ge=0, le=500)] = 0
    place: Place = Place()
    lived_experience: LivedExperience = LivedExperience()
    eligibility: Eligibility = Eligibility()
    quotas: Quotas = Field(default_factory=dict)
    over_representation: dict[str, dict[str, Factor]] = Field(default_factory=dict)
    window: DateRange
    sessions: SessionPlan = SessionPlan()
    payment: Payment = Payment()
    approval: Literal["staff", "automatic"] = "staff"


class Attendance(Model):
    """Whether a participant came; `hours` is for the ledger."""

    participant_id: UUID
    attended: bool
    hours: float | None = None


class AttendanceState(Model):
    """Who came to a session."""

    engagement_id: UUID | None = None
    session_id: UUID
    attendances: tuple[Attendance, ...]


class FeedbackState(Model):
    """The ladder step that a participant experienced."""

    engagement_id: UUID
    participant_id: UUID | None = None
    ladder_step: LadderStep
    recorded_at: datetime


class OutcomeState(Model):
    """One figure of an outcome series, aggregates only."""

    engagement_id: UUID
    measure: str
    period: str
    value: float
    denominator: float | None = None


class EngagementPublished(Event):
    """A partner asks for people."""

    TYPE: ClassVar[str] = "wlc.engagement.published.v1"
    data: EngagementState


class EngagementUpdated(Event):
    """What a partner asks for changed."""

    TYPE: ClassVar[str] = "wlc.engagement.updated.v1"
    data: EngagementState


class EngagementClosed(Event):
    """The partner called it off."""

    TYPE: ClassVar[str] = "wlc.engagement.closed.v1"
    data: EngagementState


class EngagementAttendanceRecorded(Event):
    """Somebody noted who came."""

    TYPE: ClassVar[str] = "wlc.engagement.attendance_recorded.v1"
    data: AttendanceState


class EngagementFeedbackReceived(Event):
    """A participant said what it was like."""

    TYPE: ClassVar[str] = "wlc.engagement.feedback_received.v1"
    data: FeedbackState


class EngagementOutcomeRecorded(Event):
    """A partner reported a figure."""

    TYPE: ClassVar[str] = "wlc.engagement.outcome_recorded.v1"
    data: OutcomeState
