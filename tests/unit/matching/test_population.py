"""Quotas that follow the census."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.engagements import Engagement, Raise
from services.matching.domain.population import (
    Population,
    population_quotas,
    seats_by_share,
    with_raised,
)
from services.matching.settings import NORTH_WEST_LONDON
from services.matching.store import read_census
from shared.sortition.draw import QuotaFit
from tests.builders.matching import an_engagement, quotas

people = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 10**6), max_size=8)


@given(people, st.integers(1, 500))
def test_all_places_are_given_and_nobody_is_more_than_one_off_their_share(
    counts: dict[str, int], places: int
) -> None:
    seats = seats_by_share(counts, places)

    total = sum(counts.values())
    assert sum(seats.values()) == (places if total else 0)
    assert all(abs(seats[value] - places * counts[value] / total) < 1 for value in seats)


@given(people, st.integers(1, 500))
def test_population_quotas_leave_a_panel_possible_and_nobody_alone(
    counts: dict[str, int], places: int
) -> None:
    asked = population_quotas({"ethnicity": counts}, places)

    assert sum(quota.min for quota in asked) <= places
    assert not asked or sum(quota.max for quota in asked) >= places
    assert all(quota.min != 1 and quota.min <= quota.max for quota in asked)


def test_a_panel_of_24_looks_like_north_west_london() -> None:
    population = Population(read_census(), {"west-london": NORTH_WEST_LONDON})
    engagement = an_engagement(places=24, population=True)

    target = population.target_of(engagement)

    bounds = {(quota.feature, quota.value): (quota.min, quota.max) for quota in target.quotas}
    assert not target.unknown
    assert bounds["ethnicity", "white"] == (8, 12)
    assert bounds["ethnicity", "asian"] == (5, 9)
    assert bounds["ethnicity", "mixed"] == (2, 3)
    assert bounds["age_band", "25-44"] == (8, 12)
    assert bounds["sex", "female"] == (9, 15)


def test_ages_outside_the_limits_are_no_part_of_the_population() -> None:
    population = Population(read_census(), {"west-london": NORTH_WEST_LONDON})
    engagement = an_engagement(places=10, population=True, age_min=65)

    asked = population.target_of(engagement).quotas

    assert {quota.value for quota in asked if quota.feature == "age_band"} == {"65-74", "75+"}


@pytest.mark.parametrize("hub", ["nowhere"])
def test_a_hub_without_figures_is_a_shortfall(hub: str) -> None:
    population = Population(read_census(), {})

    target = population.target_of(an_engagement(hub=hub, population=True))

    [unknown] = target.unknown
    assert target.quotas == ()
    assert unknown.feature == "population"


def test_each_quota_shows_the_share_of_the_people_whom_it_follows() -> None:
    census = {
        "Brent": {"sex": {"female": 30, "male": 20}, "age_band": {"16-24": 10, "65-74": 10}},
        "Ealing": {"sex": {"female": 30, "male": 20}, "age_band": {"65-74": 10, "75+": 30}},
        "Harrow": {"sex": {"male": 1000}, "age_band": {"75+": 1000}},
    }
    population = Population(census, {"west-london": ("Brent", "Ealing")})
    target = population.target_of(an_engagement(places=10, population=True, age_min=65))

    shown = target.beside([QuotaFit(each.feature, each.value, 0, 9, 5) for each in target.quotas])

    assert {(each.feature, each.value): each.population_share for each in shown} == {
        ("sex", "female"): 0.6,
        ("sex", "male"): 0.4,
        ("age_band", "65-74"): 0.4,
        ("age_band", "75+"): 0.6,
    }
    assert {(each.min, each.max, each.selected) for each in shown} == {(0, 9, 5)}


CENSUS = {"Brent": {"ethnicity": {"black": 20, "white": 80}, "sex": {"female": 1, "male": 0}}}
BRENT = Population(CENSUS, {"west-london": ("Brent",)})


def raised(feature: str, value: str, times: float, **asked: Any) -> Engagement:
    wanted = (Raise(feature, value, times),)
    return an_engagement(places=10, population=True, over_representation=wanted, **asked)


def test_a_value_raised_on_purpose_gets_its_share_of_places_so_many_times() -> None:
    target = BRENT.target_of(raised("ethnicity", "black", 2))

    black, white, *_ = target.quotas
    assert ((black.min, black.max), (white.min, white.max)) == ((2, 4), (5, 9))
    assert target.unknown == ()


def test_what_is_raised_is_shown_as_such_beside_its_true_share() -> None:
    target = BRENT.target_of(raised("ethnicity", "black", 2))

    black, white, *others = target.beside(
        [QuotaFit(each.feature, each.value, each.min, each.max, 3) for each in target.quotas]
    )

    assert (black.population_share, black.raised_times) == (0.2, 2)
    assert (white.population_share, white.raised_times) == (0.8, None)
    assert {each.raised_times for each in others} == {None}


@pytest.mark.parametrize(
    ("feature", "value", "ages"),
    [
        ("disability", "yes", {}),
        ("ethnicity", "mixed", {}),
        ("sex", "male", {}),
        ("age_band", "16-24", {"age_min": 65}),
    ],
)
def test_a_value_that_nobody_counts_here_is_a_shortfall_when_it_is_to_be_raised(
    feature: str, value: str, ages: dict[str, int]
) -> None:
    [lacking] = BRENT.target_of(raised(feature, value, 1.5, **ages)).unknown

    assert (lacking.feature, lacking.value) == (feature, value)
    assert "1.5 times on purpose" in lacking.sentence


@given(people, st.integers(1, 500), st.floats(1, 10, exclude_min=True), st.data())
def test_raising_a_value_takes_no_places_from_it_and_gives_none_to_others(
    counts: dict[str, int], places: int, times: float, data: st.DataObject
) -> None:
    counts |= {"it": data.draw(st.integers(1, 10**6))}
    more = with_raised({"f": counts}, [Raise("f", "it", times)])["f"]

    before, after = seats_by_share(counts, places), seats_by_share(more, places)

    assert sum(after.values()) == places
    assert after["it"] >= before["it"]
    assert all(after[value] <= before[value] + 1 for value in counts if value != "it")


def test_quotas_of_an_engagement_s_own_show_no_share() -> None:
    own = quotas(sex={"female": (1, 2)})

    target = Population(read_census(), {}).target_of(an_engagement(quotas=own))
    [shown] = target.beside([QuotaFit("sex", "female", 1, 2, 1)])

    assert target.quotas == own
    assert shown.population_share is None
