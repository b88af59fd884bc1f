"""What other systems may say of a person."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Id
from shared.contracts.participants import Channel, Day
from shared.contracts.submissions.base import Strict, Tag, Text


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
    """Weekly pattern, the days away, and the times that are possible but hard."""

    weekly: Annotated[tuple[SubmittedSlot, ...], Field(max_length=50)] = ()
    away: Annotated[tuple[SubmittedDates, ...], Field(max_length=100)] = Field(
        default=(), alias="except"
    )
    hard: Annotated[tuple[SubmittedSlot, ...], Field(max_length=50)] = ()
    term_time_only: bool = False


class SubmittedReminder(Strict):
    """So many days before a session, at a local time of day."""

    days_before: Annotated[int, Field(ge=0, le=28)]
    at: time


class SubmittedContactPreference(Strict):
    """How the person wants to hear, beside the channel; what is left out stays as it is known.

    `times`: local time of the `time_zone`, an IANA name (Europe/London unless said otherwise);
    empty for whenever it is not quiet. `news` (true unless said otherwise): more than they need to
    take part. `discreet` (false unless said otherwise): no message tells what it is about.
    """

    times: Annotated[tuple[SubmittedSlot, ...], Field(max_length=50)] | None = None
    time_zone: Text | None = None
    news: bool | None = None
    discreet: bool | None = None


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
    """A person to register, or to update when the reference is known.

    `one_paid_activity_a_week`: the person asked not to be offered more, for the sake of benefits.
    `reminders`: when they want to be reminded of a session; left out as usual, empty for never.
    """

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
    one_paid_activity_a_week: bool = False
    reminders: Annotated[tuple[SubmittedReminder, ...], Field(max_length=5)] | None = None
    contact_preference: SubmittedContactPreference | None = None
    monitoring: dict[Tag, Tag] = Field(default_factory=dict, max_length=20)
    consent: dict[Tag, SubmittedConsent] = Field(max_length=20)


class SubmittedWithdrawal(Strict):
    """A person who leaves the collaborative."""

    reference: Id


class SubmittedConsentWithdrawal(Strict):
    """A person takes back what they agreed to for one purpose; of `involvement` they leave."""

    reference: Id
    purpose: Tag


class SubmittedErasure(Strict):
    """A person who asks to be forgotten."""

    reference: Id


class SubmittedNewAvailability(Strict):
    """When a known person can come from now on."""

    reference: Id
    availability: SubmittedAvailability
