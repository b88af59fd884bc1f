"""What the draw promises: repeatable, within the quotas, fair, honest about what it cannot do."""

import csv
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.sortition.draw import draw, draw_beside
from shared.sortition.lottery import fair_lottery
from shared.sortition.pools import pool_of
from shared.sortition.quotas import Features, Quota, Quotas
from tests.builders.matching import quotas

SMALL = Path(__file__).parents[2] / "data" / "example_small_20"

MOST_CHI_SQUARED = 29.6
"""Of ten people: reached by chance once in a thousand times. The seeds are fixed."""

VALUES = {"sex": ("female", "male", ""), "ethnicity": ("asian", "black", "white", "")}


@st.composite
def draws(pick: st.DrawFn) -> tuple[dict[str, Features], Quotas, int]:
    answers = st.fixed_dictionaries({key: st.sampled_from(some) for key, some in VALUES.items()})
    people = pick(st.lists(answers, min_size=1, max_size=40))
    places = pick(st.integers(1, 12))
    asked = tuple(
        Quota(feature, value, least, least + pick(st.integers(0, places)))
        for feature, values in VALUES.items()
        for value in values
        if value and pick(st.booleans())
        for least in [pick(st.integers(0, 4))]
    )
    return {f"p{number:02}": person for number, person in enumerate(people)}, asked, places


@given(draws(), st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_a_panel_has_every_place_filled_once_and_every_quota_met_or_reported(
    wanted: tuple[dict[str, Features], Quotas, int], seed: int
) -> None:
    people, asked, places = wanted

    drawn = draw(people, asked, places, reserves=3, seed=seed)

    panel = [each.id for each in drawn.panel]
    everybody = panel + [each.id for each in drawn.reserves]
    assert len(panel) == min(places, len(people))
    assert len(set(everybody)) == len(everybody)
    assert len(drawn.reserves) == min(3, len(people) - len(panel))
    reported = {(each.feature, each.value) for each in drawn.unmet}
    for fit in drawn.quotas:
        assert fit.selected == sum(people[each].get(fit.feature) == fit.value for each in panel)
        met = fit.min <= fit.selected <= fit.max
        assert met or (fit.feature, fit.value) in reported or len(people) < places
    assert drawn.unmet or all(fit.min <= fit.selected <= fit.max for fit in drawn.quotas)


@given(draws(), st.integers(0, 2**32), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_same_people_and_seed_give_the_same_panel_in_whatever_order_they_were_read(
    wanted: tuple[dict[str, Features], Quotas, int], seed: int, rng: Random
) -> None:
    people, asked, places = wanted
    shuffled = list(people.items())
    rng.shuffle(shuffled)

    drawn = draw(people, asked, places, reserves=2, seed=seed)
    again = draw(dict(shuffled), asked, places, reserves=2, seed=seed)

    assert again == drawn


@given(draws(), st.integers(1, 3), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_who_is_drawn_beside_people_with_a_place_fills_up_with_them_every_place_and_quota(
    wanted: tuple[dict[str, Features], Quotas, int], free: int, seed: int
) -> None:
    people, asked, places = wanted
    first = draw(people, asked, places, reserves=0, seed=seed)
    stay = [each.id for each in first.panel][free:]
    rest = {person: answers for person, answers in people.items() if person not in stay}

    pool = pool_of(rest, asked)
    drawn = draw_beside(
        [people[each] for each in stay], pool, asked, places=places, reserves=0, seed=seed
    )

    panel = stay + [each.id for each in drawn.panel]
    assert len(set(panel)) == len(panel) == min(places, len(people))
    for fit in drawn.quotas:
        assert fit.selected == sum(people[each].get(fit.feature) == fit.value for each in panel)
        assert first.unmet or fit.min <= fit.selected <= fit.max


@given(draws())
@settings(max_examples=30, deadline=None)
def test_the_chances_add_up_to_the_places(
    wanted: tuple[dict[str, Features], Quotas, int],
) -> None:
    people, asked, places = wanted
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, places)

    if lottery:
        assert sum(lottery.chances(pool) * pool.sizes) == pytest.approx(places)
        assert sum(lottery.weights) == pytest.approx(1)


def test_the_chance_told_is_how_often_a_person_is_drawn() -> None:
    people = {f"p{n}": {"sex": "female" if n < 3 else "male"} for n in range(10)}
    asked = quotas(sex={"female": (2, 2), "male": (2, 2)})

    drawn = [draw(people, asked, 4, reserves=0, seed=seed) for seed in range(600)]

    often = Counter(each.id for one in drawn for each in one.panel)
    told = {each.id: each.chance for one in drawn for each in one.panel}
    assert told["p0"] == pytest.approx(2 / 3)
    assert told["p9"] == pytest.approx(2 / 7)
    assert _chi_squared(often, told, draws=600) < MOST_CHI_SQUARED


def test_the_only_one_of_her_kind_has_the_same_chance_as_everybody() -> None:
    people, asked = _small_pool()
    pool = pool_of(people, asked)

    lottery = fair_lottery(pool, asked, 20)

    assert lottery
    assert lottery.chances(pool) == pytest.approx(0.1, abs=0.001)


def test_another_seed_gives_another_panel() -> None:
    people, asked = _small_pool()

    panels = {
        frozenset(each.id for each in draw(people, asked, 20, reserves=0, seed=seed).panel)
        for seed in range(5)
    }

    assert len(panels) == 5


def test_people_who_did_not_answer_are_drawn_and_count_for_no_quota() -> None:
    people: dict[str, Features] = {"p0": {"sex": "female"}, "p1": {}, "p2": {}}

    drawn = draw(people, quotas(sex={"female": (1, 1)}), 2, reserves=0, seed=7)

    assert "p0" in {each.id for each in drawn.panel}
    assert {each.id: each.chance for each in drawn.panel} == {
        each.id: 1.0 if each.id == "p0" else 0.5 for each in drawn.panel
    }
    assert not drawn.unmet


def test_a_quota_with_too_few_people_is_named_with_the_number_there_is() -> None:
    people = {f"p{n}": {"ethnicity": "mixed" if n < 2 else "white"} for n in range(20)}

    drawn = draw(people, quotas(ethnicity={"mixed": (8, 10)}), 10, reserves=0, seed=1)

    [short] = drawn.unmet
    assert (short.wanted, short.available) == (8, 2)
    assert short.sentence == "8 people are wanted for ethnicity: mixed; 2 of those eligible are."
    assert [fit.selected for fit in drawn.quotas] == [2]
    assert len(drawn.panel) == 10


def test_quotas_that_cannot_be_met_together_give_way_as_little_as_they_can() -> None:
    people = {f"w{n}": {"sex": "female", "age": "old"} for n in range(9)} | {
        f"m{n}": {"sex": "male", "age": "young"} for n in range(9)
    }
    asked = quotas(sex={"female": (4, 6)}, age={"young": (3, 6)})

    drawn = draw(people, asked, 6, reserves=0, seed=1)

    [short] = drawn.unmet
    assert (short.feature, short.value, short.wanted, short.available) == ("sex", "female", 4, 3)


def test_maxima_that_leave_places_empty_give_way() -> None:
    people = {f"p{n}": {"sex": "female" if n % 2 else "male"} for n in range(10)}
    asked = quotas(sex={"female": (0, 2), "male": (0, 1)})

    drawn = draw(people, asked, 4, reserves=0, seed=1)

    assert len(drawn.panel) == 4
    assert drawn.unmet[0].sentence.startswith("No more than")


def test_too_few_people_are_all_on_the_panel_and_the_places_are_what_is_short() -> None:
    people: dict[str, Features] = {"p0": {}, "p1": {}}

    drawn = draw(people, (), 5, reserves=3, seed=1)

    assert [each.id for each in drawn.panel] == ["p0", "p1"]
    assert [each.chance for each in drawn.panel] == [1.0, 1.0]
    [short] = drawn.unmet
    assert short.sentence == "5 people are wanted and 2 are eligible."


def test_one_person_is_said_as_one_person() -> None:
    people: dict[str, Features] = {"p0": {"sex": "male"}}
    asked = quotas(sex={"female": (1, 2)})

    drawn = draw(people, asked, 2, reserves=0, seed=1)

    assert [short.sentence for short in drawn.unmet] == [
        "2 people are wanted and 1 is eligible.",
        "1 person is wanted for sex: female; 0 of those eligible are.",
    ]


def test_reserves_can_stand_in_for_as_many_as_possible() -> None:
    people = {f"w{n}": {"sex": "female"} for n in range(3)} | {
        f"m{n}": {"sex": "male"} for n in range(30)
    }
    asked = quotas(sex={"female": (2, 2), "male": (2, 2)})

    drawn = draw(people, asked, 4, reserves=2, seed=5)

    assert sorted(each.id[0] for each in drawn.reserves) == ["m", "w"]


def _chi_squared(often: Counter[str], told: dict[str, float], *, draws: int) -> float:
    """Return how far what was drawn is from what was told, each person's drawing a yes or no."""
    return sum(
        (often[person] - draws * chance) ** 2 / (draws * chance * (1 - chance))
        for person, chance in told.items()
    )


def _small_pool() -> tuple[dict[str, Features], Quotas]:
    with (SMALL / "respondents.csv").open(encoding="utf-8") as file:
        people: dict[str, Features] = {
            f"p{number:03}": row for number, row in enumerate(csv.DictReader(file))
        }
    with (SMALL / "categories.csv").open(encoding="utf-8") as file:
        asked = tuple(
            Quota(row["category"], row["feature"], int(row["min"]), int(row["max"]))
            for row in csv.DictReader(file)
        )
    return people, asked


def test_quotas_that_cannot_give_way_far_enough_leave_the_places_empty_and_say_so() -> None:
    people: dict[str, Features] = {f"p{n}": {"sex": ("female", "male")[n % 2]} for n in range(12)}
    asked = (Quota("sex", "female", 0, 2, max_flex=2), Quota("sex", "male", 0, 2, max_flex=2))

    drawn = draw(people, asked, 8, reserves=0, seed=1)

    assert drawn.panel == ()
    [shortfall] = drawn.unmet
    assert shortfall.feature == "quotas"
    assert shortfall.sentence.startswith("No panel is possible")
