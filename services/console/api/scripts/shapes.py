"""What the JSON addresses answer. Fields are only ever added."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.console.ports import (
    EngagementView,
    MatchView,
    MessageView,
    SessionView,
    TraceEntry,
)
from shared.contracts.engagements import EngagementState
from shared.contracts.matches import DecisionReason, Evenness, QuotaFit, Shortfall, Step
from shared.contracts.sessions import Answer, Venue


class Chosen(BaseModel):
    """A person on a panel or a list of reserves; `chance` is from 0 to 1.

    `by_staff`: put on the panel by staff, not by lot; then `chance` is 0 and says nothing.
    """

    participant_reference: str
    participant_id: UUID
    chance: float
    reasons: tuple[str, ...]
    features: dict[str, str]
    by_staff: bool = False


class Match(BaseModel):
    """A match; `sequence` is what a decision on it must name."""

    match_id: UUID
    engagement_id: UUID
    engagement_reference: str
    title: str
    partner: str
    hub: str
    status: str
    sequence: int
    correlation_id: str
    places: int
    seed: int
    eligible: int
    steps: tuple[Step, ...]
    panel: tuple[Chosen, ...]
    reserves: tuple[Chosen, ...]
    quotas: tuple[QuotaFit, ...]
    unmet: tuple[Shortfall, ...]
    evenness: Evenness | None
    decided_by: str | None
    decided_at: datetime | None = None
    reason: DecisionReason | None = None


class Attending(BaseModel):
    """A person invited to a session, and their answer."""

    participant_reference: str
    participant_id: UUID
    invitation_id: UUID
    answer: Answer
    attended: bool | None = None
    hours: float | None = None


class Session(BaseModel):
    """A session; without a time or venue while none suits (`reasons` say why)."""

    session_id: UUID
    engagement_id: UUID
    engagement_reference: str
    match_id: UUID
    title: str
    hub: str
    status: str
    number: int
    starts_at: datetime | None
    ends_at: datetime | None
    venue: Venue | None
    places: int
    missing: int
    reasons: tuple[str, ...]
    attendees: tuple[Attending, ...]
    correlation_id: str
    quorum: int = 0
    at_risk: bool = False


class Message(BaseModel):
    """A message to a participant (then `staff` is null) or to staff; never its text."""

    message_id: UUID
    kind: str
    participant_reference: str | None
    staff: str | None
    channel: str
    status: str
    at: datetime
    caused_by: str
    hub: str
    engagement_id: UUID | None
    error_code: str | None
    correlation_id: str
    due_by: datetime | None = None
    provider: str | None = None
    provider_reference: str | None = None
    instead_of: UUID | None = None
    language: str = "en"


class Engagement(EngagementState):
    """An engagement as it was published."""

    hub: str
    correlation_id: str


class TracedEvent(BaseModel):
    """That an event happened; an event with no `causation_id` began the trace."""

    id: str
    type: str
    correlation_id: str
    causation_id: str | None
    time: datetime
    source: str
    subject: str
    hub: str
    sequence: int


class Seen(BaseModel):
    """The match as it was seen, and why it is decided so."""

    sequence: int = Field(ge=1)
    reason: DecisionReason | None = None


class SeenAndReturned(Seen):
    """The match as it was seen, and whether another panel is wanted."""

    draw_again: bool = True


def match(view: MatchView) -> Match:
    """Return a match as scripts see it."""
    envelope = {
        "hub": view.hub,
        "sequence": view.sequence,
        "correlation_id": view.correlation_id,
        "decided_by": view.decided_by,
        "decided_at": view.decided_at,
        "reason": view.reason,
    }
    return Match.model_validate({**view.state.model_dump(), **envelope})


def session(view: SessionView) -> Session:
    """Return a session as scripts see it."""
    return Session.model_validate(
        {**view.state.model_dump(), "hub": view.hub, "correlation_id": view.correlation_id}
    )


def message(view: MessageView) -> Message:
    """Return a message as scripts see it."""
    return Message.model_validate(
        {**view.state.model_dump(), "hub": view.hub, "correlation_id": view.correlation_id}
    )


def engagement(view: EngagementView) -> Engagement:
    """Return an engagement as scripts see it."""
    return Engagement.model_validate(
        {**view.state.model_dump(), "hub": view.hub, "correlation_id": view.correlation_id}
    )


def traced(entry: TraceEntry) -> TracedEvent:
    """Return an event of a trace."""
    return TracedEvent(
        id=entry.id,
        type=entry.type,
        correlation_id=entry.correlation_id,
        causation_id=entry.causation_id,
        time=entry.at,
        source=entry.source,
        subject=entry.subject,
        hub=entry.hub,
        sequence=entry.sequence,
    )
