"""The lottery is leximin: nobody's chance could be larger but at the cost of a smaller one."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.drawing.files import read_asked
from shared.sortition.lottery import Method, fair_lottery
from shared.sortition.pools import pool_of
from shared.sortition.quotas import Features, Quota, Quotas
from shared.sortition.solver import UNLIMITED, Clock, OutOfTimeError, Programme
from tests.builders.matching import quotas

VALUES = {"a": ("1", "2", ""), "b": ("1", "2", ""), "c": ("1", "2", "")}
ALIKE = 1e-6
HARD = Path(__file__).parents[2] / "data" / "hard_pools"

People = dict[str, Features]
Chances = dict[str, float]


@st.composite
def small_draws(pick: st.DrawFn) -> tuple[People, Quotas, int]:
    """People, and quotas around what some panel of them has, so that one is possible mostly."""
    answers = st.fixed_dictionaries({key: st.sampled_from(some) for key, some in VALUES.items()})
    people = pick(st.lists(answers, min_size=2, max_size=9))
    places = pick(st.integers(1, len(people) - 1))
    asked = tuple(
        Quota(feature, value, max(has - pick(st.integers(0, 1)), 0), has + pick(st.integers(0, 1)))
        for feature, values in VALUES.items()
        for value in values
        if value and pick(st.booleans())
        for has in [sum(person[feature] == value for person in people[:places])]
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
        fair_lottery(pool_of(people, asked), asked, places, clock=Clock(0))


def test_a_solver_that_knows_no_answer_at_first_is_asked_anew() -> None:
    people, asked = read_asked_of("unknown")
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, 7)

    assert lottery
    told = zip(lottery.chances(pool).tolist(), pool.sizes.tolist(), strict=True)
    assert sorted(chance for chance, size in told for _ in range(size)) == pytest.approx(
        [0, 0, *[0.5] * 4, *[0.8] * 5, 1]
    )


def test_a_pool_whose_figures_the_solver_spoils_by_scaling_is_drawn_from() -> None:
    people, asked = read_asked_of("scaled")
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, 13)

    assert lottery
    assert lottery.in_time
    assert lottery.chances(pool) @ pool.sizes == pytest.approx(13)


def test_a_pool_that_takes_long_is_drawn_from_when_it_has_the_time() -> None:
    people, asked = read_asked_of("late")
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, 16)

    assert lottery
    assert lottery.in_time
    assert lottery.chances(pool) @ pool.sizes == pytest.approx(16)


class Countdown(Clock):
    """Time for so many solutions."""

    def __init__(self, solutions: int) -> None:
        super().__init__(60)
        self._solutions = solutions

    @property
    def left(self) -> float:
        self._solutions -= 1
        return super().left if self._solutions >= 0 else 0.0


@pytest.mark.parametrize("solutions", range(3, 12))
def test_wherever_the_time_runs_out_no_bound_is_told_that_is_not_proven(solutions: int) -> None:
    people, asked, places = ODD
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, places, clock=Countdown(solutions))

    assert lottery
    assert lottery.bound >= 1 / 3 - ALIKE
    assert lottery.in_time <= (min(lottery.chances(pool)) == pytest.approx(1 / 3))


def test_what_was_found_in_time_is_weighed_as_fairly_as_it_can_be() -> None:
    people, asked = read_asked_of("late")
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, 16, clock=Clock(0.5))

    assert lottery
    assert lottery.in_time or len(lottery.panels) > 1
    assert lottery.chances(pool) @ pool.sizes == pytest.approx(16)


def test_the_order_of_the_quotas_changes_nothing() -> None:
    people, asked = read_asked_of("unknown")
    pool = pool_of(people, asked)

    first, again = fair_lottery(pool, asked, 7), fair_lottery(pool, asked[::-1], 7)

    assert first
    assert again
    assert [panel.tolist() for panel in first.panels] == [each.tolist() for each in again.panels]
    assert first.weights == again.weights


def test_nash_is_no_less_thorough_for_people_whom_the_quotas_leave_no_chance() -> None:
    people: People = {f"p{n}": {"a": str(n % 3), "b": str(n % 4)} for n in range(24)}
    asked = quotas(a={"0": (1, 2)}, b={"0": (1, 3), "1": (2, 4)}, c={"never": (0, 0)})
    hopeless: People = {f"q{n}": {"c": "never"} for n in range(100)}

    means = [_mean_logarithm(everybody, asked, 6) for everybody in (people, people | hopeless)]

    assert means[1] == pytest.approx(means[0], abs=0.002)


def _mean_logarithm(people: People, asked: Quotas, places: int) -> float:
    pool = pool_of(people, asked)
    lottery = fair_lottery(pool, asked, places, method=Method.NASH)
    assert lottery
    chances = lottery.chances(pool)
    reachable = chances > 0
    sizes = pool.sizes[reachable]
    return float(np.log(chances[reachable]) @ sizes / sizes.sum())


def read_asked_of(name: str) -> tuple[People, Quotas]:
    """Return a pool kept because it was hard, and its quotas."""
    asked = read_asked(HARD / f"{name}_people.csv", HARD / f"{name}_quotas.csv", None)
    return dict(asked.people), asked.quotas


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
