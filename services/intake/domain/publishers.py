"""Which systems may send: their keys, of which only digests are known, and how fast they may."""

import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

NAME = r"^[a-z][a-z0-9-]{0,39}$"
SHA256 = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class Key:
    """One of a publisher's keys, by its digest; `ends_at` is set once another one is there."""

    id: str
    sha256: str = field(repr=False)
    made_at: datetime | None = None
    ends_at: datetime | None = None

    def opens_with(self, digest: str, now: datetime) -> bool:
        """Tell whether it is the key of this digest, in constant time, and has not ended."""
        is_meant = hmac.compare_digest(self.sha256, digest)
        return is_meant and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Publisher:
    """A system that may send: which types, for which hubs, how many events a minute."""

    name: str
    keys: tuple[Key, ...]
    types: frozenset[str]
    hubs: frozenset[str]
    per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherRecord:
    """A publisher as the operator set it; the id is its name. One that is closed sends nothing."""

    id: str
    types: frozenset[str]
    hubs: frozenset[str]
    keys: tuple[Key, ...] = ()
    per_minute: int | None = None
    closed: bool = False
    version: int = 0

    def publisher(self) -> Publisher:
        """Return what it may."""
        return Publisher(self.id, self.keys, self.types, self.hubs, self.per_minute)


@dataclass(slots=True)
class Pace:
    """How many events a publisher may send just now; what is taken at once may run into debt."""

    per_minute: int
    left: float
    at: datetime

    @classmethod
    def rested(cls, per_minute: int, now: datetime) -> "Pace":
        """Return that of one who has sent nothing for a minute."""
        return cls(per_minute, float(per_minute), now)

    def take(self, events: int, now: datetime) -> int:
        """Take so many; return 0, or the seconds to wait when nothing is left to take."""
        rested = self.left + (now - self.at).total_seconds() * self.per_minute / 60
        self.left, self.at = min(float(self.per_minute), rested), now
        if self.left < 1:
            return max(1, math.ceil((1 - self.left) * 60 / self.per_minute))
        self.left -= events
        return 0


def holder_of(
    key: str, publishers: Iterable[Publisher], now: datetime
) -> tuple[Publisher, Key] | None:
    """Return whose key it is, and which of theirs; every digest is compared."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    held = [(each, own) for each in publishers for own in each.keys]
    found = [(each, own) for each, own in held if own.opens_with(digest, now)]
    return found[0] if found else None
