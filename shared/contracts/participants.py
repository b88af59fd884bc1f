"""What intake says of a participant: everything but who the person is."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from shared.contracts.base import Event, Model


class Channel(StrEnum):
    """How a person wants to be reached."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    LETTER = "letter"


class ParticipantStatus(StrEnum):
    """Whether the person takes part in the collaborative."""

    ACTIVE = "active"
    LEFT = "left"
    ERASED = "erased"


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class DayPart(StrEnum):
    """A part of a day, as people say it."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


HOURS_OF: Mapping[DayPart, tuple[time, time]] = {
    DayPart.MORNING: (time(9), time(12)),
    DayPart.AFTERNOON: (time(12), time(17)),
    DayPart.EVENING: (time(17), time(21)),
}
"""What a part of a day means wherever somebody says it in words."""


class Reference(Model):
    """The id that a publisher gave to the person."""

    publisher: str
    reference: str


class Language(Model):
    """A language the person uses; `code` is ISO 639."""

    code: str
    interpreter: bool = False


class WeeklySlot(Model):
    """A stretch of every week, Europe/London wall time."""

    day: Day
    start: time = Field(alias="from")
    end: time = Field(alias="to")


class DateRange(Model):
    """Days from the first to the last, both included."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")


class Availability(Model):
    """When the person can come; no weekly slot means that nothing was said.

    `hard`: when coming is possible but hard. `term_time_only`: not in the school holidays.
    """

    weekly: tuple[WeeklySlot, ...] = ()
    away: tuple[DateRange, ...] = Field(default=(), alias="except")
    hard: tuple[WeeklySlot, ...] = ()
    term_time_only: bool = False


class ReminderTime(Model):
    """So many days before a session, at a wall time in London."""

    days_before: int
    at: time


class ContactPreference(Model):
    """How a person wants to hear, beside the channel (UK Core's contact preference).

    `times`: when they want to hear, wall time of their `time_zone`; none for whenever it is not
    quiet. Without `news` they get what they need to take part and nothing else. `discreet`: who
    sees a message must not learn from it what it is about.
    """

    times: tuple[WeeklySlot, ...] = ()
    time_zone: str = "Europe/London"
    news: bool = True
    discreet: bool = False


Unsaid = Annotated[tuple[str, ...], SkipJsonSchema(), Field(exclude=True)]
"""Read in what was said before, and never said again."""


class Exclusions(Model):
    """Partners and sites that the person will not go (back) to, as keyed digests.

    `KEY:KIND:DIGEST`, see `shared.exclusions`. Events of before there were digests had words.
    """

    digests: tuple[str, ...] = ()
    partners: Unsaid = ()
    sites: Unsaid = ()


class ConsentGiven(Model):
    """To which text, and when, the person said yes."""

    version: str
    given_at: datetime


class ConsentStep(StrEnum):
    """What became of a consent; `left_out`: what was last said of the person did not repeat it."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left_out"


class ConsentEntry(Model):
    """One line of the ledger of a person's consents, by purpose and version of the text.

    `by` is the publisher that said so, or `themselves`; `again` is when the same was last said.
    """

    purpose: str
    step: ConsentStep
    version: str
    at: datetime
    by: str
    again: datetime | None = None


class ParticipantState(Model):
    """A participant without name, address, phone, e-mail or free text.

    `easting` and `northing` are metres on the British National Grid, rounded to 500, so that
    they lead to a neighbourhood and not to a door. `monitoring` holds only what was answered. Who
    asked for `one_paid_activity_a_week` is not to be offered more. `reminders`: when they want to
    be reminded of a session, empty for never; None where they did not say.
    """

    participant_id: UUID
    status: ParticipantStatus = ParticipantStatus.ACTIVE
    references: tuple[Reference, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    age_band: str | None = None
    borough: str | None = None
    easting: int | None = None
    northing: int | None = None
    travel_km: float = 10.0
    online: bool = True
    in_person: bool = True
    languages: tuple[Language, ...] = ()
    needs: tuple[str, ...] = ()
    lived_experience: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    availability: Availability = Availability()
    exclusions: Exclusions = Exclusions()
    monitoring: dict[str, str] = Field(default_factory=dict)
    consents: dict[str, ConsentGiven] = Field(default_factory=dict)
    preferred_channel: Channel = Channel.EMAIL
    one_paid_activity_a_week: bool = False
    reminders: tuple[ReminderTime, ...] | None = None
    contact_preference: ContactPreference = ContactPreference()
    consent_ledger: tuple[ConsentEntry, ...] = ()


class SealedContact(Model):
    """Name and contacts, encrypted under the person's own key (AES-256-GCM, base64).

    Forget the key and every copy is unreadable. The clear form is `ContactCard`. `key` is which of
    the person's keys it was: they may be given a newer one.
    """

    participant_id: UUID
    nonce: str
    ciphertext: str
    key: str = "1"


class Contact(Model):
    """One way to reach the person; the value is normalised."""

    channel: Channel
    value: str
    preferred: bool = False


class StaysAwayFrom(Model):
    """Partners and sites that the person will not go (back) to, as they were written."""

    partners: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


class ContactCard(Model):
    """Who the person is: never in an event in the clear, never in a log.

    Beside that, what was written of them in free text, which nobody but they are to read.
    """

    display_name: str
    address_as: str
    contacts: tuple[Contact, ...]
    postcode: str | None = None
    stays_away_from: StaysAwayFrom | None = None


class ParticipantRegistered(Event):
    """A person joined."""

    TYPE: ClassVar[str] = "wlc.participant.registered.v1"
    data: ParticipantState


class ParticipantUpdated(Event):
    """Something about a person changed."""

    TYPE: ClassVar[str] = "wlc.participant.updated.v1"
    data: ParticipantState


class ParticipantLeft(Event):
    """A person withdrew from the collaborative; no message goes to them any more but a goodbye."""

    TYPE: ClassVar[str] = "wlc.participant.left.v1"
    data: ParticipantState


class ParticipantErased(Event):
    """A person's key is forgotten; every projection of them must go."""

    TYPE: ClassVar[str] = "wlc.participant.erased.v1"
    data: ParticipantState


class ParticipantContactChanged(Event):
    """How to reach a person changed."""

    TYPE: ClassVar[str] = "wlc.participant.contact_changed.v1"
    data: SealedContact


class TimesGiven(Model):
    """When a person can come, and wants to be reminded, as they said themselves."""

    participant_id: UUID
    availability: Availability
    reminders: tuple[ReminderTime, ...] | None = None


class ReplyAvailabilityGiven(Event):
    """A person said by their own link when they can come; the sequence counts their sayings."""

    TYPE: ClassVar[str] = "wlc.reply.availability_given.v1"
    data: TimesGiven
