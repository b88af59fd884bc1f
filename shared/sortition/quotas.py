"""Quotas: how many people of a value a panel has, and the pool seen as they see it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Features = Mapping[str, str]
Profile = tuple[str, ...]
Counts = NDArray[np.int64]

NOT_COUNTED = ""
"""The value of a person who did not answer, or answered what no quota names."""

NOT_ANSWERED = frozenset({"", "prefer-not-to-say", "prefer_not_to_say", "not-stated", "not_stated"})


@dataclass(frozen=True, slots=True)
class Quota:
    """At least `min` and at most `max` people of one value.

    Where no panel meets the quotas, they may give way to `min_flex` and `max_flex`; None: as far
    as it takes.
    """

    feature: str
    value: str
    min: int
    max: int
    min_flex: int = 0
    max_flex: int | None = None


Quotas = tuple[Quota, ...]


@dataclass(frozen=True)
class Pool:
    """The people who may be drawn, by profile: their values of the quotas' features.

    People of one profile are interchangeable to every quota, so that a draw costs by the number
    of profiles. Profiles and ids are in sorted order: the pool is the same however it was read.
    """

    features: tuple[str, ...]
    profiles: tuple[Profile, ...]
    people: tuple[tuple[str, ...], ...]

    @cached_property
    def sizes(self) -> Counts:
        """How many people there are of each profile."""
        return np.array([len(ids) for ids in self.people], dtype=np.int64)

    @property
    def total(self) -> int:
        """How many people there are."""
        return int(self.sizes.sum())

    def of(self, quota: Quota) -> NDArray[np.bool_]:
        """Which profiles a quota counts."""
        column = self.features.index(quota.feature)
        return np.array([profile[column] == quota.value for profile in self.profiles], dtype=bool)


def pool_of(people: Mapping[str, Features], quotas: Iterable[Quota]) -> Pool:
    """Group people, given by id, by what the quotas see of them."""
    named: dict[str, set[str]] = defaultdict(set)
    for quota in quotas:
        named[quota.feature].add(quota.value)
    features = tuple(sorted(named))
    grouped: dict[Profile, list[str]] = defaultdict(list)
    for person, answers in people.items():
        grouped[_profile(answers, features, named)].append(person)
    profiles = tuple(sorted(grouped))
    return Pool(features, profiles, tuple(tuple(sorted(grouped[each])) for each in profiles))


def _profile(answers: Features, features: Sequence[str], named: Mapping[str, set[str]]) -> Profile:
    return tuple(
        value if (value := answers.get(feature, NOT_COUNTED)) in named[feature] else NOT_COUNTED
        for feature in features
    )
