"""A month stands out by the rules of the NHS's charts, and never among too few."""

import pytest

from services.console.queries.special_cause import FEWEST, Cause, causes, limits_of

BREACHES = [
    *(1199, 929, 970, 1178, 1110, 1388, 2061, 1985, 2675, 3141, 1942, 2030),
    *(1309, 1960, 1169, 1117, 1085, 1492, 1280, 1197, 1569, 1406, 1328, 1564),
]
ONE_ODD = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
CALM = [10.0, 12.0] * 10


@pytest.mark.parametrize(
    ("values", "mean", "lower", "upper"),
    [(BREACHES, 1545.1667, 636.7188, 2453.6145), (ONE_ODD, 1.9444, -3.0626, 6.9515)],
)
def test_limits_are_those_of_the_nhs_tool_without_screening(
    values: list[float], mean: float, lower: float, upper: float
) -> None:
    limits = limits_of(values)

    assert limits is not None
    assert (limits.mean, limits.lower, limits.upper) == pytest.approx(
        (mean, lower, upper), abs=1e-3
    )


def test_of_fewer_than_thirteen_points_none_stands_out() -> None:
    few = [*CALM[: FEWEST - 2], 1000.0]

    assert limits_of(few) is None
    assert set(causes(few)) == {None}


def test_a_point_outside_the_limits_stands_out_whatever_else_holds() -> None:
    assert [at for at, cause in enumerate(causes(ONE_ODD)) if cause is Cause.OUTSIDE] == [4]


def test_seven_points_on_one_side_stand_out_from_the_seventh_on() -> None:
    found = causes([1.0, 3.0] * 4 + [-1.0, -3.0] * 4)

    assert [at for at, cause in enumerate(found) if cause is Cause.RUN] == [6, 7, 14, 15]


def test_seven_points_that_rise_or_fall_stand_out_from_the_seventh_on_and_a_tie_ends_it() -> None:
    falling = causes([*CALM, *range(14, 7, -1), *CALM])
    tied = causes([*CALM, 11, 11.1, 11.2, 11.2, 11.3, 11.4, 11.5, *CALM])

    assert [at for at, cause in enumerate(falling) if cause is Cause.TREND] == [26]
    assert Cause.TREND not in tied


def test_of_three_on_one_side_the_two_far_ones_stand_out() -> None:
    wild = [10.0, 16.0] * 10

    found = causes([*wild, 28.0, 16.0, 28.0, 10.0])

    assert [at for at, cause in enumerate(found) if cause is Cause.TWO_IN_THREE] == [20, 22]
