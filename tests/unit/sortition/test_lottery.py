"""The lottery is leximin: nobody's chance could be larger but at the cost of a smaller one."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.sortition.lottery import fair_lottery
from shared.sortition.quotas import Features, Quota, Quotas, pool_of
from shared.sortition.solver import UNLIMITED, Clock, OutOfTimeError, Programme
from tests.builders.matching import quotas

VALUES = {"a": ("1", "2", ""), "b": ("1", "2", ""), "c": ("1", "2", "")}
ALIKE = 1e-6

People = dict[str, Features]


@st.composite
def small_draws(pick: st.DrawFn) -> tuple[People, Quotas, int]:
    answers = st.fixed_dictionaries({key: st.sampled_from(some) for key, some in VALUES.items()})
    people = pick(st.lists(answers, min_size=2, max_size=8))
    places = pick(st.integers(1, len(people) - 1))
    asked = tuple(
        Quota(feature, value, least, least + pick(st.integers(0, 2)))
        for feature, values in VALUES.items()
        for value in values
        if value and pick(st.booleans())
        for least in [pick(st.integers(0, 2))]
    )
    return {f"p{number}": person for number, person in enumerate(people)}, asked, places


ODD: tuple[People, Quotas, int] = (
    {
        "ab": {"a": "1", "b": "1"},
        "ac": {"a": "1", "c": "1"},
        "bc": {"b": "1", "c": "1"},
        "none": {},
    },
    quotas(a={"1": (0, 1)}, b={"1": (0, 1)}, c={"1": (0, 1)}),
    2,
)
"""Half of each would do, but no two of the three can be on one panel."""


@given(small_draws())
@example(ODD)
@settings(max_examples=150, deadline=None)
def test_the_chances_are_those_found_by_trying_every_panel(
    wanted: tuple[People, Quotas, int],
) -> None:
    people, asked, places = wanted
    panels = panels_by_hand(people, asked, places)

    pool = pool_of(people, asked)
    lottery = fair_lottery(pool, asked, places)

    if not panels:
        assert lottery is None
        return
    assert lottery
    assert lottery.in_time
    told = lottery.chances(pool)
    chances = {person: told[at] for at, ids in enumerate(pool.people) for person in ids}
    expected = leximin_by_hand(list(people), panels)
    assert chances == pytest.approx(expected, abs=ALIKE)
    assert lottery.bound == pytest.approx(min(expected.values()), abs=ALIKE)


def test_where_whole_people_cannot_do_it_the_bound_is_that_of_panels() -> None:
    people, asked, places = ODD
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, places)

    assert lottery
    assert lottery.bound == pytest.approx(1 / 3)
    assert sorted(lottery.chances(pool)) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])


@given(small_draws())
@settings(max_examples=50, deadline=None)
def test_every_panel_of_the_lottery_meets_the_quotas(
    wanted: tuple[People, Quotas, int],
) -> None:
    people, asked, places = wanted
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, places)

    for panel in lottery.panels if lottery else ():
        assert panel.sum() == places
        assert (panel <= pool.sizes).all()
        assert all(quota.min <= panel[pool.of(quota)].sum() <= quota.max for quota in asked)


def test_no_time_at_all_is_said() -> None:
    people, asked, places = ODD

    with pytest.raises(OutOfTimeError):
        fair_lottery(pool_of(people, asked), asked, places, seconds=0)


def panels_by_hand(people: People, asked: Quotas, places: int) -> list[tuple[str, ...]]:
    return [
        panel
        for panel in combinations(people, places)
        if all(
            quota.min
            <= sum(people[each].get(quota.feature) == quota.value for each in panel)
            <= quota.max
            for quota in asked
        )
    ]


def leximin_by_hand(people: Sequence[str], panels: Sequence[tuple[str, ...]]) -> dict[str, float]:
    """Raise the smallest chance; whoever cannot have more than it keeps it; and so on."""
    settled: dict[str, float] = {}
    while len(settled) < len(people):
        free = [each for each in people if each not in settled]
        lowest = _most(people, panels, settled, free, 0.0, None)
        for person in free:
            if _most(people, panels, settled, free, lowest, person) < lowest + ALIKE / 10:
                settled[person] = lowest
    return settled


def _most(
    people: Sequence[str],
    panels: Sequence[tuple[str, ...]],
    settled: dict[str, float],
    free: Sequence[str],
    lowest: float,
    person: str | None,
) -> float:
    """Return the most that the free ones can have together, or that one of them can have."""
    count = len(panels)
    programme = Programme(np.zeros(count + 1), np.ones(count + 1), clock=Clock(60))
    programme.row(np.append(np.ones(count), 0.0), 1.0, 1.0)
    for each in people:
        row = np.array([float(each in panel) for panel in panels] + [0.0])
        least = settled.get(each, lowest)
        if each == person or (person is None and each in free):
            row[count] = -1.0
            least = 0.0
        programme.row(row, least - ALIKE / 1000, UNLIMITED)
    solution = programme.maximise(np.append(np.zeros(count), 1.0))
    assert solution
    return solution.worth
