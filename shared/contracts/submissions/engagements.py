"""What other systems may say of an engagement, and of what came of it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.base import Id
from shared.contracts.engagements import EngagementKind, Factor, LadderStep, QuotaBounds
from shared.contracts.submissions.base import LongText, Strict, Tag, Text
from shared.contracts.submissions.people import SubmittedDates


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
    """What participants are offered for each hour, in pounds and in time credits."""

    gbp_per_hour: Annotated[float, Field(ge=0, le=1000)] | None = None
    time_credits: Annotated[float, Field(ge=0, le=100)] | None = None


class SubmittedQuota(QuotaBounds):
    """Smallest and largest number of one value."""

    model_config = ConfigDict(extra="forbid")


class SubmittedEngagement(Strict):
    """A piece of work to ask people into, or an update when the reference is known.

    `over_representation` (feature, value, factor) asks for more people of a value, on purpose, than
    their share of the population; only with the quotas `population`.
    """

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
    over_representation: dict[Tag, dict[Text, Factor]] = Field(default_factory=dict)
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
    """Who came to a session; `engagement_reference` where the session is older than we know of."""

    session_id: UUID
    engagement_reference: Id | None = None
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
