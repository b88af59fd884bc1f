"""The figures by which draws are compared."""

import pytest

from shared.sortition.figures import Figures, figures


def test_chances_that_are_all_alike_have_a_gini_of_zero() -> None:
    found = figures([0.1] * 50)

    assert (found.minimum, found.gini, found.geometric_mean) == pytest.approx((0.1, 0, 0.1))


def test_one_who_has_all_of_four_has_a_gini_of_three_quarters() -> None:
    found = figures([0, 0, 0, 1])

    assert (found.minimum, found.gini, found.geometric_mean) == (0, pytest.approx(0.75), 0)


def test_the_geometric_mean_is_that_of_all_people() -> None:
    assert figures([0.1, 0.4]).geometric_mean == pytest.approx(0.2)


def test_of_nobody_there_are_no_figures() -> None:
    assert figures([]) == Figures(0, 0, 0)
