"""Who has a place, and who takes it over."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.engagements.choosing import Choice, Chosen
from services.scheduling.domain.engagements.panels import Member, Quota, best_reserve, deviation
from tests.builders.scheduling import a_member, a_panel, person_id

features = st.fixed_dictionaries(
    {"sex": st.sampled_from("fm"), "age": st.sampled_from(["young", "old"])}
)
members = st.lists(features, min_size=1, max_size=8).map(
    lambda found: [Member(f"m{n}", f"r{n}", each) for n, each in enumerate(found)]
)
reserves = st.lists(features, min_size=1, max_size=6).map(
    lambda found: [Member(f"s{n}", f"r{n}", each) for n, each in enumerate(found)]
)
bounds = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted)
quotas = st.lists(
    st.tuples(
        st.sampled_from([("sex", "f"), ("sex", "m"), ("age", "young"), ("age", "old")]), bounds
    ),
    max_size=4,
    unique_by=lambda each: each[0],
).map(lambda found: [Quota(*of, low, high) for of, (low, high) in found])


@given(members, reserves, quotas)
def test_a_replacement_keeps_the_quotas_whenever_any_reserve_can(
    staying: list[Member], standing_by: list[Member], wanted: list[Quota]
) -> None:
    chosen = best_reserve(staying, standing_by, wanted)

    missed = [deviation([*staying, each], wanted) for each in standing_by]
    assert deviation([*staying, chosen], wanted) == min(missed)
    assert standing_by.index(chosen) == missed.index(min(missed))


@given(members, reserves, quotas, st.sets(st.sampled_from([f"s{n}" for n in range(6)])))
def test_of_reserves_who_keep_the_quotas_as_well_one_whose_needs_are_met_is_taken(
    staying: list[Member], standing_by: list[Member], wanted: list[Quota], unserved: set[str]
) -> None:
    chosen = best_reserve(staying, standing_by, wanted, unserved)

    missed = {each.participant_id: deviation([*staying, each], wanted) for each in standing_by}
    equal = [each for each in standing_by if missed[each.participant_id] == min(missed.values())]
    served = [each for each in equal if each.participant_id not in unserved]
    assert chosen == (served or equal)[0]


@given(members, reserves)
def test_a_promotion_gives_one_place_and_loses_nobody(
    panel: list[Member], standing_by: list[Member]
) -> None:
    before = a_panel(*panel, reserves=standing_by, places=len(panel) + 1)

    after = before.promoted()

    assert after.missing == before.missing - 1
    assert after.people == before.people


def test_who_gave_up_a_place_is_remembered_and_may_come_back() -> None:
    panel = a_panel(a_member("ada"), a_member("ben")).without({person_id("ada")})

    back = panel.rejoined(person_id("ada"))

    assert panel.missing == 1
    assert back is not None
    assert back.has(person_id("ada"))
    assert back.former == ()


def test_a_place_that_somebody_else_has_is_not_given_twice() -> None:
    panel = a_panel(a_member("ada"), reserves=[a_member("ben")])

    filled = panel.without({person_id("ada")}).promoted()

    assert filled.rejoined(person_id("ada")) is None


def test_a_later_approval_takes_nobodys_place_away() -> None:
    panel = a_panel(a_member("ada"), a_member("ben"))

    later = panel.approved_again(a_panel(a_member("cy"), a_member("dee"), match_sequence=2))

    assert [m.reference for m in later.members] == ["ref-ada", "ref-ben"]
    assert [m.reference for m in later.reserves] == ["ref-cy", "ref-dee"]


def test_whoever_keeps_a_place_keeps_how_they_were_chosen_and_whoever_is_asked_again_does_not() -> (
    None
):
    first = Chosen(Choice.RESERVE, 0.5)
    ada, ben = (replace(a_member(name), chosen=first) for name in ("ada", "ben"))
    later = Chosen(Choice.LOT, 0.25)
    named = (replace(ada, chosen=later), replace(ben, chosen=later, asked_again=1))

    panel = a_panel(ada, ben).approved_again(a_panel(*named, match_sequence=2))

    assert [each.chosen for each in panel.members] == [first, later]


def test_a_later_approval_does_not_ask_again_who_declined() -> None:
    panel = a_panel(a_member("ada"), a_member("ben")).without({person_id("ada")})

    later = panel.approved_again(a_panel(a_member("ada"), a_member("cy"), match_sequence=2))

    assert [m.reference for m in later.members] == ["ref-ben", "ref-cy"]


def test_nothing_is_kept_of_who_is_forgotten() -> None:
    panel = a_panel(a_member("ada"), a_member("ben"), reserves=[a_member("cy")])

    forgotten = panel.without({person_id("ben")}).forgetting(
        {person_id("ada"), person_id("ben"), person_id("cy")}
    )

    assert forgotten.people == frozenset()
