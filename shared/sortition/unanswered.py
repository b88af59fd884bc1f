"""What the quotas leave to people who did not answer: a right that should cost no chance."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shared.sortition.lottery import Lottery
from shared.sortition.pools import NOT_COUNTED, Pool
from shared.sortition.quotas import Quotas

ALIKE = 1e-6


@dataclass(frozen=True, slots=True)
class Unanswered:
    """People whom none of a feature's quotas counts, and their chances beside the others'.

    `free_places` are those that the feature's minima leave: more of them cannot be on a panel.
    """

    feature: str
    people: int
    mean_chance: float
    mean_chance_of_others: float
    free_places: int

    @property
    def sentence(self) -> str:
        """Say what the quotas force, if anything."""
        told = (
            f"{self.feature}: {self.people} people whom none of its quotas counts have a chance of "
            f"{self.mean_chance:.2%} on average, the others of {self.mean_chance_of_others:.2%}"
        )
        if self.mean_chance > self.mean_chance_of_others - ALIKE:
            return f"{told}."
        places = "1 place" if self.free_places == 1 else f"{self.free_places} places"
        return f"{told}; the minima leave {places} free for them."


def unanswered(pool: Pool, quotas: Quotas, places: int, lottery: Lottery) -> tuple[Unanswered, ...]:
    """Return one for each feature that somebody did not answer and somebody did."""
    return tuple(_unanswered(pool, quotas, places, lottery))


def _unanswered(pool: Pool, quotas: Quotas, places: int, lottery: Lottery) -> Iterator[Unanswered]:
    expected = lottery.chances(pool) * pool.sizes
    for column, feature in enumerate(pool.features):
        silent = np.array([each.values[column] == NOT_COUNTED for each in pool.profiles])
        people, others = int(pool.sizes[silent].sum()), int(pool.sizes[~silent].sum())
        if people and others:
            asked = sum(quota.min for quota in quotas if quota.feature == feature)
            yield Unanswered(
                feature,
                people,
                float(expected[silent].sum() / people),
                float(expected[~silent].sum() / others),
                places - asked,
            )
