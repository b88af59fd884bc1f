"""The lottery is leximin: nobody's chance could be larger but at the cost of a smaller one."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.sortition.lottery import fair_lottery
from shared.sortition.pools import pool_of
from shared.sortition.quotas import Features, Quota, Quotas
from shared.sortition.solver import UNLIMITED, Clock, OutOfTimeError, Programme
from tests.builders.matching import quotas

VALUES = {"a": ("1", "2", ""), "b": ("1", "2", ""), "c": ("1", "2", "")}
ALIKE = 1e-6

People = dict[str, Features]
Chances = dict[str, float]


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


@given(small_draws(), st.data())
@settings(max_examples=150, deadline=None)
def test_the_chances_are_those_found_by_trying_every_panel(
    wanted: tuple[People, Quotas, int], data: st.DataObject
) -> None:
    people, asked, places = wanted
    had = {each: data.draw(st.sampled_from((0, 0, 0.25, 0.6))) for each in people}
    homes = {each: data.draw(st.sampled_from(("", "", "h1", "h2"))) for each in people}
    panels = panels_by_hand(people, asked, places, homes)

    pool = pool_of(people, asked, had=had, homes=homes)
    lottery = fair_lottery(pool, asked, places)

    if not panels:
        assert lottery is None
        return
    assert lottery
    assert lottery.in_time
    told = lottery.chances(pool)
    chances = {person: told[at] for at, ids in enumerate(pool.people) for person in ids}
    expected = leximin_by_hand(had, panels)
    assert {each: chance + had[each] for each, chance in chances.items()} == pytest.approx(
        expected, abs=ALIKE
    )
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


def panels_by_hand(
    people: People, asked: Quotas, places: int, homes: dict[str, str]
) -> list[tuple[str, ...]]:
    return [
        panel
        for panel in combinations(people, places)
        if _are_of_different_homes(panel, homes)
        and all(
            quota.min
            <= sum(people[each].get(quota.feature) == quota.value for each in panel)
            <= quota.max
            for quota in asked
        )
    ]


def _are_of_different_homes(panel: Sequence[str], homes: dict[str, str]) -> bool:
    shared = [homes[each] for each in panel if homes[each]]
    return len(set(shared)) == len(shared)


def leximin_by_hand(people: Chances, panels: Sequence[tuple[str, ...]]) -> Chances:
    """Raise the smallest sum of chances had and to be had; who cannot have more keeps it; go on."""
    settled: Chances = {}
    while len(settled) < len(people):
        free = [each for each in people if each not in settled]
        lowest = _most(people, panels, settled, free, 0.0, None)
        for person in free:
            if _most(people, panels, settled, free, lowest, person) < lowest + ALIKE / 10:
                settled[person] = lowest
    return settled


def _most(
    people: Chances,
    panels: Sequence[tuple[str, ...]],
    settled: Chances,
    free: Sequence[str],
    lowest: float,
    person: str | None,
) -> float:
    """Return the most that the free ones can have together, or that one of them can have."""
    count = len(panels)
    most = np.append(np.ones(count), 10.0)
    programme = Programme(np.zeros(count + 1), most, clock=Clock(60))
    programme.row(np.append(np.ones(count), 0.0), 1.0, 1.0)
    for each in people:
        row = np.array([float(each in panel) for panel in panels] + [0.0])
        least = settled.get(each, lowest)
        if each == person or (person is None and each in free):
            row[count] = -1.0
            least = 0.0
        programme.row(row, least - people[each] - ALIKE / 1000, UNLIMITED)
    solution = programme.maximise(np.append(np.zeros(count), 1.0))
    assert solution
    return solution.worth
