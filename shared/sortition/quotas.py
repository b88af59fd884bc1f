"""Quotas: how many people of a value a panel has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

Features = Mapping[str, str]

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

    def beside(self, held: int) -> "Quota":
        """Return what is left of it for others, where so many who have the value are held."""
        return replace(
            self,
            min=max(self.min - held, 0),
            max=max(self.max - held, 0),
            min_flex=max(self.min_flex - held, 0),
            max_flex=None if self.max_flex is None else max(self.max_flex - held, 0),
        )


Quotas = tuple[Quota, ...]
