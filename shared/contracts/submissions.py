"""What other systems may send to `inbound`, and how intake answers.

Unknown fields are refused by name. Shapes only: what a phone number or a postcode is, intake
decides, and it reports the faults of shape and of rule in one list.
"""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from shared.contracts.base import Event, Id, Model
from shared.contracts.engagements import EngagementKind, LadderStep, QuotaBounds
from shared.contracts.participants import Channel, Day

Text = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(max_length=4000)]
Tag = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Strict(Model):
    """A value from outside: what is not named is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, populate_by_name=False)


class SubmittedName(Strict):
    """What the person is called, and how to address them."""

    display: Text
    address_as: Text


class SubmittedContact(Strict):
    """One way to reach the person."""

    channel: Channel
    value: Text
    preferred: bool = False


class SubmittedLanguage(Strict):
    """ISO 639 code, and whether an interpreter is needed."""

    code: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    interpreter: bool = False


class SubmittedSlot(Strict):
    """A stretch of every week, local time."""

    day: Day
    start: time = Field(alias="from")
    end: time = Field(alias="to")


class SubmittedDates(Strict):
    """First and last day."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")


class SubmittedAvailability(Strict):
    """Weekly pattern and the days away."""

    weekly: Annotated[tuple[SubmittedSlot, ...], Field(max_length=50)] = ()
    away: Annotated[tuple[SubmittedDates, ...], Field(max_length=100)] = Field(
        default=(), alias="except"
    )


class SubmittedExclusions(Strict):
    """Partners and sites the person will not go to."""

    partners: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    sites: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


class SubmittedConsent(Strict):
    """Which text was agreed to, when, and how (paper, phone, web)."""

    version: Text
    given_at: AwareDatetime
    how: Text


class SubmittedParticipant(Strict):
    """A person to register, or to update when the reference is known."""

    reference: Id
    name: SubmittedName
    contacts: Annotated[tuple[SubmittedContact, ...], Field(min_length=1, max_length=10)]
    postcode: Text
    age_band: Literal["16-24", "25-44", "45-64", "65-74", "75+"] | None = None
    date_of_birth: date | None = None
    languages: Annotated[tuple[SubmittedLanguage, ...], Field(max_length=20)] = ()
    needs: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    lived_experience: Annotated[tuple[Tag, ...], Field(max_length=50)] = ()
    interests: Annotated[tuple[Tag, ...], Field(max_length=50)] = ()
    availability: SubmittedAvailability = SubmittedAvailability()
    travel_km: Annotated[float, Field(ge=0, le=500)] = 10.0
    online: bool = True
    in_person: bool = True
    exclusions: SubmittedExclusions = SubmittedExclusions()
    monitoring: dict[Tag, Tag] = Field(default_factory=dict, max_length=20)
    consent: dict[Tag, SubmittedConsent] = Field(max_length=20)


class SubmittedWithdrawal(Strict):
    """A person who leaves the collaborative."""

    reference: Id


class SubmittedErasure(Strict):
    """A person who asks to be forgotten."""

    reference: Id


class SubmittedNewAvailability(Strict):
    """When a known person can come from now on."""

    reference: Id
    availability: SubmittedAvailability


class SubmittedPlace(Strict):
    """Where it is meant to happen."""

    postcode: Text | None = None
    online: bool = False
    in_person: bool = True


class SubmittedLivedExperience(Strict):
    """One of `any`, each of `all`."""

    any: tuple[Tag, ...] = ()
    all: tuple[Tag, ...] = ()


class SubmittedEligibility(Strict):
    """Hard limits on who is asked."""

    age_min: Annotated[int, Field(ge=0, le=120)] | None = None
    age_max: Annotated[int, Field(ge=0, le=120)] | None = None
    boroughs: tuple[Text, ...] = ()
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = ()


class SubmittedSessions(Strict):
    """How many sessions, how long, how far apart."""

    count: Annotated[int, Field(ge=1, le=52)] = 1
    minutes: Annotated[int, Field(ge=15, le=480)] = 90
    every_days: Annotated[int, Field(ge=1, le=92)] = 14


class SubmittedPayment(Strict):
    """What participants are offered."""

    gbp_per_hour: Annotated[float, Field(ge=0, le=1000)] | None = None
    time_credits: Annotated[float, Field(ge=0, le=100)] | None = None


class SubmittedQuota(QuotaBounds):
    """Smallest and largest number of one value."""

    model_config = ConfigDict(extra="forbid")


class SubmittedEngagement(Strict):
    """A piece of work to ask people into, or an update when the reference is known."""

    reference: Id
    title: Text
    description: LongText = ""
    partner: Text
    kind: EngagementKind
    ladder_step: LadderStep
    decision_owner: Text
    feedback_due: date
    places: Annotated[int, Field(ge=1, le=500)]
    reserves: Annotated[int, Field(ge=0, le=500)] = 0
    place: SubmittedPlace = SubmittedPlace()
    lived_experience: SubmittedLivedExperience = SubmittedLivedExperience()
    eligibility: SubmittedEligibility = SubmittedEligibility()
    quotas: dict[Tag, dict[Text, SubmittedQuota]] | Literal["population"] = Field(
        default_factory=dict
    )
    window: SubmittedDates
    sessions: SubmittedSessions = SubmittedSessions()
    payment: SubmittedPayment = SubmittedPayment()
    approval: Literal["staff", "automatic"] = "staff"


class SubmittedCancellation(Strict):
    """An engagement that is called off."""

    reference: Id


class SubmittedAttendee(Strict):
    """Whether a person came, and for how long."""

    reference: Id
    attended: bool
    hours: Annotated[float, Field(ge=0, le=24)] | None = None


class SubmittedAttendance(Strict):
    """Who came to a session."""

    session_id: UUID
    attendances: Annotated[tuple[SubmittedAttendee, ...], Field(min_length=1, max_length=500)]


class SubmittedFeedback(Strict):
    """The ladder step that a person experienced; `participant_reference` may be left out."""

    engagement_reference: Id
    participant_reference: Id | None = None
    ladder_step: LadderStep


class SubmittedOutcome(Strict):
    """One figure of an outcome series: aggregates only, never a patient."""

    engagement_reference: Id
    measure: Tag
    period: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    value: float
    denominator: float | None = None


class Submission(Strict):
    """The envelope another system sends; `data` is checked against its type's shape."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Annotated[str, Field(max_length=100)]
    subject: Id | None = None
    time: AwareDatetime | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    hub: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    sequence: Annotated[int, Field(ge=1)] | None = None
    correlationid: Id | None = None
    causationid: Id | None = None
    traceparent: Annotated[str, Field(max_length=100)] | None = None
    data: dict[str, Any]


SUBMISSIONS: dict[str, type[Strict]] = {
    "wlc.participant.submitted.v1": SubmittedParticipant,
    "wlc.participant.withdrawn.v1": SubmittedWithdrawal,
    "wlc.participant.erasure_requested.v1": SubmittedErasure,
    "wlc.availability.submitted.v1": SubmittedNewAvailability,
    "wlc.engagement.submitted.v1": SubmittedEngagement,
    "wlc.engagement.cancelled.v1": SubmittedCancellation,
    "wlc.attendance.recorded.v1": SubmittedAttendance,
    "wlc.feedback.submitted.v1": SubmittedFeedback,
    "wlc.outcome.recorded.v1": SubmittedOutcome,
}
"""Every type that may be sent to `inbound`, with the shape of its data."""


class Fault(Model):
    """What is wrong at one place of a submission; the sentence never repeats the value."""

    pointer: str
    code: str
    sentence: str


class SubmissionStatus(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SubmissionState(Model):
    """The answer to one submission; `aggregate_id` is what it made or changed.

    `submission_id` is intake's own id (the address `GET /v1/submissions/{submission_id}`);
    `event_id` is the id that the publisher gave. `notes` say what was done that was not asked,
    such as a person found to be known already.
    """

    submission_id: str
    event_id: str
    publisher: str
    type: str
    status: SubmissionStatus
    aggregate_id: str | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


class SubmissionAnswer(Event):
    """An answer to one publisher, under a key that this publisher alone may read."""

    data: SubmissionState

    @property
    def routing_key(self) -> str:
        """The type, then the publisher's name."""
        return f"{self.TYPE}.{self.data.publisher}"


class SubmissionAccepted(SubmissionAnswer):
    """A submission took effect."""

    TYPE: ClassVar[str] = "wlc.submission.accepted.v1"


class SubmissionRejected(SubmissionAnswer):
    """A submission was refused, kept in quarantine, and can be corrected from there."""

    TYPE: ClassVar[str] = "wlc.submission.rejected.v1"
