"""A participant: what may be known of the person, and how they are recognised."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.intake.domain.availability import Availability
from services.intake.domain.contact_preference import UNSAID, ContactPreference
from services.intake.domain.contacts import Contact
from services.intake.domain.order import Said
from services.intake.domain.reminders import ReminderTime

ACTIVE, LEFT, ERASED = "active", "left", "erased"


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
    excluded_partners: tuple[str, ...] = ()
    excluded_sites: tuple[str, ...] = ()
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
            excluded_partners=_united(known.excluded_partners, self.excluded_partners),
            excluded_sites=_united(known.excluded_sites, self.excluded_sites),
            preferred_channel=known.preferred_channel,
            one_paid_activity_a_week=self.one_paid_activity_a_week
            or known.one_paid_activity_a_week,
            reminders=known.reminders if self.reminders is None else self.reminders,
            contact_preference=self.contact_preference.added_to(known.contact_preference),
        )


def _united(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is: sealed before it is stored, never logged."""

    display_name: str = field(repr=False)
    address_as: str = field(repr=False)
    contacts: tuple[Contact, ...] = field(repr=False)
    postcode: str | None = field(repr=False)
    born: date | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownAs:
    """One publisher's own id of a person, and the handles by which it makes them recognisable.

    `stated_at` and `sequence` are those of the newest submission about the whole person, where it
    carried them; `times` is the place of what was said after it of when they can come.
    """

    publisher: str
    reference: str
    handles: tuple[str, ...] = ()
    stated_at: datetime | None = None
    sequence: int | None = None
    times: Said | None = None

    def is_same_as(self, other: "KnownAs") -> bool:
        """Whether both are the same id of the same publisher."""
        return (self.publisher, self.reference) == (other.publisher, other.reference)

    @property
    def said(self) -> Said:
        """The place of the newest submission in the order of what the publisher says."""
        return Said(self.stated_at, self.sequence)

    def having_heard(self, news: "KnownAs") -> "KnownAs":
        """Return it with the place of newer news; what was said later of the times stays."""
        times = self.times if self.times and news.said.is_before(self.times) else None
        return replace(self, stated_at=news.stated_at, sequence=news.sequence, times=times)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something encrypted; base64. `key` is by which of several keys of the same owner."""

    nonce: str
    ciphertext: str
    key: str = "1"


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Where a person lives, roughly: metres are rounded."""

    borough: str | None
    easting: int | None
    northing: int | None


@dataclass(frozen=True, slots=True)
class OwnDetails:
    """What a person said of themselves by their own link; `sequence` counts how often they did.

    It stands before what publishers say, whenever they say it. `card` is a keyed digest of what is
    sealed. `needs_dropped` were known, and taken back. No `lives_in`: their postcode is in no
    directory, so it is not known better than before.
    """

    sequence: int
    said_at: datetime
    card: str
    sealed: Sealed
    preferred_channel: str
    languages: tuple[Language, ...] = ()
    needs: tuple[str, ...] = ()
    needs_dropped: tuple[str, ...] = ()
    contact_preference: ContactPreference = UNSAID
    lives_in: Neighbourhood | None = None

    def over(self, profile: Profile) -> Profile:
        """Return what publishers say with what the person said in its place."""
        preference = self.contact_preference.said_after(profile.contact_preference)
        said = replace(
            profile,
            languages=self.languages,
            preferred_channel=self.preferred_channel,
            contact_preference=preference,
        )
        home = self.lives_in
        if home is None:
            return said
        return replace(said, borough=home.borough, easting=home.easting, northing=home.northing)

    def takes_back(self, need: str, given_at: datetime | None) -> bool:
        """Whether the person took the need back, and has not said since that they have it."""
        said_since = given_at is not None and given_at > self.said_at
        return need in self.needs_dropped and not said_since


@dataclass(frozen=True, slots=True)
class OwnTimes:
    """What a person said by their own link; `sequence` counts how often they said so."""

    sequence: int
    said_at: datetime
    availability: Availability
    reminders: tuple[ReminderTime, ...] | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A person of one hub. No handle is held by two participants: the same person is not two.

    The first of the `references` is the one that registered them; the one of no publisher has what
    they said themselves to be recognised by. `needs_given` are needs that they
    stated themselves, beside what publishers say; `needs_given_at` is when they did so last, of
    each. `own_details` stand before all that. `own_times` stand beside that too, and before it
    until one sends when the person can come later than they said so themselves: `times_sent_at` is
    the newest of that. `card` and `name` are keyed digests, of the sealed contacts and of the name:
    they tell whether these changed. `ledger` is of consents, and stays when they are forgotten.
    """

    id: str
    hub: str
    references: tuple[KnownAs, ...]
    status: str = ACTIVE
    profile: Profile = Profile()
    card: str = ""
    name: str = ""
    sealed: Sealed | None = None
    left_at: datetime | None = None
    needs_given: tuple[str, ...] = ()
    needs_given_at: Mapping[str, datetime] = field(default_factory=dict)
    own_details: OwnDetails | None = None
    own_times: OwnTimes | None = None
    times_sent_at: datetime | None = None
    ledger: tuple[LedgerEntry, ...] = ()
    version: int = 0

    @property
    def needs(self) -> tuple[str, ...]:
        """Everything that the person needs, whoever said it, but for what they took back."""
        known, own = _united(self.profile.needs, self.needs_given), self.own_details
        if own is None:
            return known
        given = self.needs_given_at
        all_said = _united(known, own.needs)
        return tuple(each for each in all_said if not own.takes_back(each, given.get(each)))

    @property
    def stands(self) -> Profile:
        """What is known of the person: in their own words where they said it themselves."""
        return self.own_details.over(self.profile) if self.own_details else self.profile

    @property
    def card_that_stands(self) -> str:
        """The digest of how the person is called and reached."""
        return self.own_details.card if self.own_details else self.card

    @property
    def availability(self) -> Availability:
        """When the person can come: in their own words where these stand."""
        stands = self.own_times if self.goes_by_own_times else None
        return stands.availability if stands else self.profile.availability

    @property
    def reminders(self) -> tuple[ReminderTime, ...] | None:
        """When the person wants to be reminded: what they said themselves always stands."""
        return self.own_times.reminders if self.own_times else self.profile.reminders

    @property
    def goes_by_own_times(self) -> bool:
        """Whether the person's own word on when they can come stands."""
        own, sent = self.own_times, self.times_sent_at
        return own is not None and (sent is None or own.said_at >= sent)

    def having_times_sent(self, at: datetime) -> "Participant":
        """Return the person with the time noted at which a publisher sent when they can come."""
        return replace(self, times_sent_at=max(at, self.times_sent_at or at))

    @property
    def handles(self) -> frozenset[str]:
        """Everything that the person is recognised by."""
        return frozenset(handle for known in self.references for handle in known.handles)

    def is_later_than(self, news: KnownAs) -> bool:
        """Whether the publisher has said something later of the person under the same id."""
        return any(news.said.is_before(known.said) for known in self._known_as(news))

    def has_later_times_than(self, news: KnownAs) -> bool:
        """Whether the publisher has said later, under the same id, when the person can come."""
        later = (known.times for known in self._known_as(news))
        return any(times is not None and news.said.is_before(times) for times in later)

    def having_heard(self, news: KnownAs) -> "Participant":
        """Return the person with the place of the news noted; what is later stays."""
        if self.is_later_than(news):
            return self
        return self._noting(news, lambda known: known.having_heard(news))

    def having_heard_times(self, news: KnownAs) -> "Participant":
        """Return the person with the place of news noted that is of when they can come only."""
        return self._noting(news, lambda known: replace(known, times=news.said))

    def _known_as(self, news: KnownAs) -> list[KnownAs]:
        return [known for known in self.references if known.is_same_as(news)]

    def _noting(self, news: KnownAs, noted: Callable[[KnownAs], KnownAs]) -> "Participant":
        references = (noted(x) if x.is_same_as(news) else x for x in self.references)
        return replace(self, references=tuple(references))
