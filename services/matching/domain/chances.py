"""The chances that people had: remembered of each draw that was taken, and fading with time."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from shared.sortition.draw import Basis
from shared.sortition.figures import figures
from shared.sortition.record import record_of
from shared.sortition.unanswered import unanswered


@dataclass(frozen=True, slots=True)
class Had:
    """The chances that somebody had in earlier draws, added up, as they weighed `at` a moment."""

    chance: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Fading:
    """How fast chances that somebody had are forgotten: by half in `half_life`."""

    half_life: timedelta = timedelta(days=365)

    def added(self, had: Had | None, more: Had) -> Had:
        """Return both together; it does not matter which was first."""
        if had is None:
            return more
        at = max(had.at, more.at)
        return Had(self.left(had, at) + self.left(more, at), at)

    def left(self, had: Had, now: datetime) -> float:
        """Return what weighs still of chances that somebody had."""
        return float(had.chance * 0.5 ** ((now - had.at) / self.half_life))


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly a draw spread the chances; `even`: what everybody had, were there no quotas.

    `unanswered` says what the quotas force on people who did not answer, a sentence for a feature.
    """

    even: float
    minimum: float
    gini: float
    geometric_mean: float
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approved:
    """The panel of a draw that was approved, by ids, and what it is for: told with the chances."""

    engagement_id: str
    engagement_reference: str
    title: str
    partner: str
    panel: tuple[str, ...]
    reserves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw that staff may approve: everybody's chance, and the record that names nobody.

    The id is its content: the same draw made again is the same one. `types` are chances, each with
    how many people had it; `people` are their ids in this order, and `record` is JSON: both packed.
    Once it is `taken`, everybody's chance is remembered: so far that of the first `noted` people.
    When that is done, nothing of it is kept. One taken by an earlier version has no `approved`.
    """

    id: str
    hub: str
    match_id: str
    drawn_at: datetime
    record: str
    types: tuple[tuple[float, int], ...]
    people: str
    taken: bool = False
    approved: Approved | None = None
    noted: int = 0
    version: int = 0

    @property
    def is_noted(self) -> bool:
        """Whether everybody's chance is remembered."""
        return self.noted >= sum(people for _, people in self.types)

    def next_chances(self, count: int) -> Mapping[str, float]:
        """Return the chances of the next people who are to be noted."""
        each = (chance for chance, people in self.types for _ in range(people))
        ids = unpacked(self.people).split()
        return dict(islice(zip(ids, each, strict=True), self.noted, self.noted + count))

    def having_noted(self, count: int) -> "Draw":
        """Return it with more people noted."""
        return replace(self, noted=self.noted + count)


def draw_of(match_id: str, hub: str, basis: Basis, *, nonce: str, at: datetime) -> Draw:
    """Return a draw that was made, to be kept."""
    record, people = record_of(basis, nonce), " ".join(i for ids in basis.pool.people for i in ids)
    content = sha256(f"{match_id}\n{record['sha256']}\n{basis.seed}\n{people}".encode())
    return Draw(
        id=content.hexdigest(),
        hub=hub,
        match_id=match_id,
        drawn_at=at,
        record=packed(json.dumps(record)),
        types=types_of(basis),
        people=packed(people),
    )


def evenness(basis: Basis) -> Evenness:
    """Return the figures of a draw."""
    found = figures(basis.lottery.chances(basis.pool).repeat(basis.pool.sizes))
    silent = unanswered(basis.pool, basis.quotas, basis.places, basis.lottery)
    return Evenness(
        even=basis.places / basis.pool.total,
        minimum=found.minimum,
        gini=found.gini,
        geometric_mean=found.geometric_mean,
        unanswered=tuple(each.sentence for each in silent),
    )


def types_of(basis: Basis) -> tuple[tuple[float, int], ...]:
    """Return the chance of each type of people, and how many they are."""
    chances = basis.lottery.chances(basis.pool).tolist()
    return tuple(zip(chances, basis.pool.sizes.tolist(), strict=True))


def packed(text: str) -> str:
    """Return text in less room."""
    return b64encode(zlib.compress(text.encode())).decode()


def unpacked(text: str) -> str:
    """Return what was packed."""
    return zlib.decompress(b64decode(text)).decode()
