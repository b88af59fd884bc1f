"""Who a person is, and by what publishers call them."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.intake.domain.contacts import Contact
from services.intake.domain.order import Said


@dataclass(frozen=True, slots=True)
class StaysAwayFrom:
    """Partners and sites that a person will not go to, in words: sealed with who they are."""

    partners: tuple[str, ...] = field(default=(), repr=False)
    sites: tuple[str, ...] = field(default=(), repr=False)

    def and_from(self, more: "StaysAwayFrom") -> "StaysAwayFrom":
        """Return both, each word once, what is known first."""
        return StaysAwayFrom(united(self.partners, more.partners), united(self.sites, more.sites))


NOTHING_AVOIDED = StaysAwayFrom()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, and what they wrote in words: sealed before it is stored, never logged."""

    display_name: str = field(repr=False)
    address_as: str = field(repr=False)
    contacts: tuple[Contact, ...] = field(repr=False)
    postcode: str | None = field(repr=False)
    born: date | None = field(repr=False)
    stays_away_from: StaysAwayFrom = NOTHING_AVOIDED


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


def united(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Return both, each once, what is known first."""
    return tuple(dict.fromkeys((*known, *more)))
