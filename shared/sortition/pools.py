"""The pool as a draw sees it: not people, but how many there are of each profile."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.sortition.quotas import Features, Quota

Counts = NDArray[np.int64]

NOT_COUNTED = ""
"""The value of a person who did not answer, or answered what no quota names."""

HAD_STEP = 0.05
"""Chances had before are told apart by twentieths of a place."""


Home = tuple[tuple[tuple[str, ...], float], ...]


class Profile(NamedTuple):
    """What people have in common who are interchangeable to a draw.

    `values` of the quotas' features; `had`, their chances in earlier draws, added up; `home`, the
    values and chances of all who share their home, nothing for who shares it with nobody here.
    """

    values: tuple[str, ...]
    had: float = 0.0
    home: Home = ()


@dataclass(frozen=True)
class Pool:
    """The people who may be drawn, by profile, so that a draw costs by the number of profiles.

    Profiles and ids are in sorted order: the pool is the same however it was read. `homes` are
    those that people share, by person.
    """

    features: tuple[str, ...]
    profiles: tuple[Profile, ...]
    people: tuple[tuple[str, ...], ...]
    homes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def sizes(self) -> Counts:
        """How many people there are of each profile."""
        return np.array([len(ids) for ids in self.people], dtype=np.int64)

    @cached_property
    def had(self) -> NDArray[np.float64]:
        """The chances that each profile had before."""
        return np.array([profile.had for profile in self.profiles], dtype=np.float64)

    @property
    def total(self) -> int:
        """How many people there are."""
        return int(self.sizes.sum())

    def of(self, quota: Quota) -> NDArray[np.bool_]:
        """Which profiles a quota counts."""
        column = self.features.index(quota.feature)
        return np.array(
            [profile.values[column] == quota.value for profile in self.profiles], dtype=bool
        )

    def shared_homes(self) -> Sequence[tuple[NDArray[np.bool_], int]]:
        """Return, for each kind of shared home, which profiles live there and how many there are.

        At most one person of each home is on a panel: of these profiles, as many as homes.
        """
        kinds = {profile.home for profile in self.profiles if profile.home}
        return [self._homes_of(kind) for kind in sorted(kinds)]

    def _homes_of(self, kind: Home) -> tuple[NDArray[np.bool_], int]:
        there = np.array([profile.home == kind for profile in self.profiles], dtype=bool)
        return there, int(self.sizes[there].sum()) // len(kind)


def pool_of(
    people: Mapping[str, Features],
    quotas: Iterable[Quota],
    *,
    had: Mapping[str, float] | None = None,
    homes: Mapping[str, str] | None = None,
) -> Pool:
    """Group people, given by id, by what the quotas see of them.

    `had` has the chances of those who had some in earlier draws, `homes` tells who lives together.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for quota in quotas:
        named[quota.feature].add(quota.value)
    features = tuple(sorted(named))
    alone = {
        person: Profile(_values(answers, features, named), _stepped((had or {}).get(person, 0.0)))
        for person, answers in people.items()
    }
    shared = _shared(alone, homes or {})
    kinds = _kinds(alone, shared)
    grouped: dict[Profile, list[str]] = defaultdict(list)
    for person, profile in alone.items():
        kind = kinds[shared[person]] if person in shared else ()
        grouped[profile._replace(home=kind)].append(person)
    profiles = tuple(sorted(grouped))
    ids = tuple(tuple(sorted(grouped[each])) for each in profiles)
    return Pool(features, profiles, ids, shared)


def _kinds(people: Mapping[str, Profile], shared: Mapping[str, str]) -> dict[str, Home]:
    """Return by home who lives there, as profiles."""
    living: dict[str, list[tuple[tuple[str, ...], float]]] = defaultdict(list)
    for person, home in shared.items():
        living[home].append((people[person].values, people[person].had))
    return {home: tuple(sorted(some)) for home, some in living.items()}


def _shared(people: Iterable[str], homes: Mapping[str, str]) -> dict[str, str]:
    """Return the homes of those who share one with somebody else of the pool."""
    known = {person: homes[person] for person in people if homes.get(person)}
    living = Counter(known.values())
    return {person: home for person, home in known.items() if living[home] > 1}


def _values(
    answers: Features, features: Sequence[str], named: Mapping[str, set[str]]
) -> tuple[str, ...]:
    return tuple(
        value if (value := answers.get(feature, NOT_COUNTED)) in named[feature] else NOT_COUNTED
        for feature in features
    )


def _stepped(chance: float) -> float:
    return round(round(chance / HAD_STEP) * HAD_STEP, 6)
