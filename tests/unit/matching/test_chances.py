"""The chances that people had."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.chances import Draw, Fading, Had, draw_of, evenness, unpacked
from shared.sortition.draw import draw
from shared.sortition.quotas import Features
from shared.sortition.record import faults
from shared.sortition.seeds import nonce_of, seed_from
from tests.builders.matching import NOW, quotas

MOMENTS = st.integers(-3_000, 20_000).map(lambda days: NOW + timedelta(days=days))
NONCE = nonce_of("secret", "cause")
SEED = seed_from(NONCE)
TWO_WOMEN = quotas(sex={"female": (2, 2)})


def a_draw(people: dict[str, Features], *, seed: int = SEED) -> Draw:
    drawn = draw(people, TWO_WOMEN, 3, reserves=0, seed=seed)
    assert drawn.basis
    return draw_of("m1", "west-london", drawn.basis, nonce=NONCE, at=NOW)


def a_pool(*names: str) -> dict[str, Features]:
    """Half of them are women."""
    return {name: {"sex": "female" if place % 2 else "male"} for place, name in enumerate(names)}


def added(fading: Fading, some: Iterable[Had]) -> Had:
    [first, *others] = some
    for each in others:
        first = fading.added(first, each)
    return first


@given(had=st.lists(st.builds(Had, st.floats(0, 1), MOMENTS), min_size=1, max_size=8))
def test_chances_add_up_to_the_same_in_whatever_order_they_were_had(had: list[Had]) -> None:
    fading = Fading()
    sums = [added(fading, some) for some in (had, sorted(had, key=lambda h: h.at), had[::-1])]

    assert [each.chance for each in sums] == pytest.approx([sums[0].chance] * 3)
    assert {each.at for each in sums} == {max(each.at for each in had)}


@given(chance=st.floats(0, 1), at=MOMENTS, years=st.integers(0, 9))
def test_half_of_a_chance_is_forgotten_each_year(chance: float, at: datetime, years: int) -> None:
    fading = Fading(timedelta(days=365))

    left = fading.left(Had(chance, at), at + timedelta(days=365 * years))

    assert left == pytest.approx(chance / 2**years)


def test_another_half_life_changes_nothing_of_what_was_had_just_now() -> None:
    had = Had(0.25, NOW)

    assert {Fading(timedelta(days=days)).left(had, NOW) for days in (1, 365, 36_500)} == {0.25}


@given(st.integers(1, 9))
def test_everybodys_chance_is_noted_once_however_many_at_a_time(count: int) -> None:
    people = a_pool(*(f"p{number}" for number in range(10)))
    drawn, noted = a_draw(people), dict[str, float]()

    while not drawn.is_noted:
        some = drawn.next_chances(count)
        assert noted.keys().isdisjoint(some)
        noted |= some
        drawn = drawn.having_noted(len(some))

    chance = {"female": 2 / 5, "male": 1 / 5}
    assert noted == pytest.approx({name: chance[each["sex"]] for name, each in people.items()})


def test_what_quotas_force_on_people_who_did_not_answer_is_said() -> None:
    people: dict[str, Features] = {f"p{number}": {"sex": "female"} for number in range(4)}
    silent: dict[str, Features] = {f"s{number}": {} for number in range(4)}
    drawn = draw({**people, **silent}, TWO_WOMEN, 3, reserves=0, seed=SEED)

    assert drawn.basis
    [said] = evenness(drawn.basis).unanswered
    assert said == (
        "sex: 4 people whom none of its quotas counts have a chance of 25.00% on average, "
        "the others of 50.00%; "
        "the minima leave 1 place free for them."
    )


def test_a_draw_is_known_by_its_people_and_its_seed() -> None:
    people = a_pool("a", "b", "c", "d", "e", "f")
    other = a_pool("a", "b", "c", "d", "e", "g")

    assert a_draw(people).id == a_draw(dict(reversed(people.items()))).id
    assert a_draw(people).id != a_draw(people, seed=2).id
    assert a_draw(people).id != a_draw(other).id


def test_the_record_of_a_draw_names_nobody_and_can_be_verified() -> None:
    names = ("ada-1", "bea-2", "cem-3", "dee-4", "eli-5", "fay-6")
    record = unpacked(a_draw(a_pool(*names)).record)

    assert faults(json.loads(record)) == []
    assert not [name for name in names if name in record]
