"""Quotas that follow the census."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.population import Population, population_quotas, seats_by_share
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


def test_quotas_of_an_engagement_s_own_show_no_share() -> None:
    own = quotas(sex={"female": (1, 2)})

    target = Population(read_census(), {}).target_of(an_engagement(quotas=own))
    [shown] = target.beside([QuotaFit("sex", "female", 1, 2, 1)])

    assert target.quotas == own
    assert shown.population_share is None
