"""Who is missing is said as people to look for, and with them a panel is possible."""

from hypothesis import given, settings

from shared.sortition.lottery import fair_lottery
from shared.sortition.outreach import Wanted, wanted_people
from shared.sortition.pools import pool_of
from shared.sortition.quotas import Features, Quotas
from tests.builders.matching import quotas
from tests.unit.sortition.test_draw import draws


def test_people_who_lack_in_two_ways_are_one_person_to_look_for() -> None:
    people: dict[str, Features] = {
        f"w{n}": {"sex": "female", "ethnicity": "white"} for n in range(9)
    }
    asked = quotas(sex={"male": (2, 3)}, ethnicity={"black": (2, 4), "white": (2, 9)})

    found = wanted_people(pool_of(people, asked), asked, 6)

    assert found == (Wanted(2, {"ethnicity": "black", "sex": "male"}),)
    assert found[0].sentence == "2 people with ethnicity: black, sex: male"


def test_a_feature_that_does_not_matter_is_not_asked_for() -> None:
    people: dict[str, Features] = {"a": {"sex": "female"}, "b": {"sex": "male"}}
    asked = quotas(sex={"female": (1, 4), "male": (1, 4)})

    [found] = wanted_people(pool_of(people, asked), asked, 4)

    assert found == Wanted(2, {})
    assert found.sentence == "2 people, whoever they are"


def test_where_a_panel_is_possible_nobody_is_missing() -> None:
    people: dict[str, Features] = {"a": {"sex": "female"}, "b": {"sex": "male"}}
    asked = quotas(sex={"female": (1, 1)})

    assert wanted_people(pool_of(people, asked), asked, 2) == ()


@given(draws())
@settings(max_examples=60, deadline=None)
def test_with_the_people_who_are_missing_a_panel_is_possible_and_with_fewer_none_is(
    wanted: tuple[dict[str, Features], Quotas, int],
) -> None:
    people, asked, places = wanted
    pool = pool_of(people, asked)

    found = wanted_people(pool, asked, places)

    is_possible = len(people) >= places and fair_lottery(pool, asked, places) is not None
    assert is_possible <= (not found)
    added = {
        f"new{kind}.{number}": each.features
        for kind, each in enumerate(found)
        for number in range(each.people)
    }
    if found:
        assert fair_lottery(pool_of(people | added, asked), asked, places) is not None
    for one in added:
        fewer = people | {each: answers for each, answers in added.items() if each != one}
        assert fair_lottery(pool_of(fewer, asked), asked, places) is None
