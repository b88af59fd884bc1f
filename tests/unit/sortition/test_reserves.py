"""How many reserves there are."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sortition.reserves import reserves_for


def enough(places: int, drop_out: float, reserves: int) -> float:
    """Return how likely it is that no more members drop out than there are reserves."""
    return sum(
        comb(places, gone) * drop_out**gone * (1 - drop_out) ** (places - gone)
        for gone in range(reserves + 1)
    )


@given(places=st.integers(1, 60), drop_out=st.floats(0, 0.9))
def test_reserves_are_enough_in_nine_draws_of_ten_and_no_more_than_that(
    places: int, drop_out: float
) -> None:
    reserves = reserves_for(places, drop_out)

    assert reserves == places or enough(places, drop_out, reserves) >= 0.9
    assert reserves == 0 or enough(places, drop_out, reserves - 1) < 0.9


@pytest.mark.parametrize(
    ("places", "drop_out", "reserves"), [(12, 0.0, 0), (12, 0.15, 3), (24, 0.15, 6), (1, 0.15, 1)]
)
def test_a_panel_of_twelve_has_three_reserves_where_one_in_seven_drops_out(
    places: int, drop_out: float, reserves: int
) -> None:
    assert reserves_for(places, drop_out) == reserves
