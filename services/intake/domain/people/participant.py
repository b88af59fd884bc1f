"""A participant: all that is known of one person, and which of it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.intake.domain.availability import Availability
from services.intake.domain.people.identity import KnownAs, Sealed, united
from services.intake.domain.people.own_words import OwnDetails, OwnTimes
from services.intake.domain.people.profile import LedgerEntry, Profile
from services.intake.domain.reminders import ReminderTime

ACTIVE, LEFT, ERASED = "active", "left", "erased"


@dataclass(frozen=True, slots=True)
class Participant:
    """A person of one hub. No handle is held by two participants: the same person is not two.

    The first of the `references` is the one that registered them; the one of no publisher has what
    they said themselves to be recognised by. `needs_given` are needs that they
    stated themselves, beside what publishers say; `needs_given_at` is when they did so last, of
    each. `own_details` stand before all that. `own_times` stand beside that too, and before it
    until one sends when the person can come later than they said so themselves: `times_sent_at` is
    the newest of that. `card` and `name` are keyed digests, of the sealed contacts and of the name:
    they tell whether these changed. `ledger` is of consents, as it was kept until it had a
    collection of its own, to which it is carried over.
    """

    id: str
    hub: str
    references: tuple[KnownAs, ...]
    status: str = ACTIVE
    profile: Profile = field(default_factory=Profile)
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
        known, own = united(self.profile.needs, self.needs_given), self.own_details
        if own is None:
            return known
        given = self.needs_given_at
        all_said = united(known, own.needs)
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
