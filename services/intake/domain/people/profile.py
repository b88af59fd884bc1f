"""What may be known of a person, and what they agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.intake.domain.availability import Availability
from services.intake.domain.contact_preference import UNSAID, ContactPreference
from services.intake.domain.people.identity import NOTHING_AVOIDED, StaysAwayFrom, united
from services.intake.domain.reminders import ReminderTime


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639 code, and whether an interpreter is needed."""

    code: str
    interpreter: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """Which text was agreed to, when, and how."""

    version: str
    given_at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger of consents: a `step` of `domain.consents`, and by whom it was said.

    `again` is when the same was last said, where it was said more than once.
    """

    purpose: str
    step: str
    version: str
    at: datetime
    by: str
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What other services may know of a person: not who they are.

    `reminders`: when they want to be reminded of sessions, empty for never, None for not said.
    `avoids` are digests of partners and sites, the words of which are sealed with who the person
    is; `of_before` are words that still wait for that.
    """

    age_band: str | None = None
    age_from: int | None = None
    age_to: int | None = None
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
    availability: Availability = field(default_factory=Availability)
    avoids: tuple[str, ...] = ()
    of_before: StaysAwayFrom = NOTHING_AVOIDED
    monitoring: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, Consent] = field(default_factory=dict)
    preferred_channel: str = "email"
    one_paid_activity_a_week: bool = False
    reminders: tuple[ReminderTime, ...] | None = None
    contact_preference: ContactPreference = UNSAID

    def said_after(self, known: "Profile") -> "Profile":
        """Return it with how the person wants to hear as it was known, where it leaves that out."""
        preference = self.contact_preference.said_after(known.contact_preference)
        return replace(self, contact_preference=preference)

    def added_to(self, known: "Profile") -> "Profile":
        """Return it with the known way to reach the person, and all that guards them."""
        return replace(
            self,
            avoids=united(known.avoids, self.avoids),
            of_before=known.of_before,
            preferred_channel=known.preferred_channel,
            one_paid_activity_a_week=self.one_paid_activity_a_week
            or known.one_paid_activity_a_week,
            reminders=known.reminders if self.reminders is None else self.reminders,
            contact_preference=self.contact_preference.added_to(known.contact_preference),
        )
