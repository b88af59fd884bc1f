"""How much is asked of a person."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.contact import Limits, Sparing
from services.matching.domain.matches import Opportunity
from tests.builders.matching import HUB, NOW, WINDOW, a_candidate, an_engagement

ANSWERS = ("invited", "accepted", "declined", "withdrawn", "expired", "cancelled")


def days(count: float) -> timedelta:
    return timedelta(days=count)


def an_opportunity(number: int = 0, **given: Any) -> Opportunity:
    fields: dict[str, Any] = {"answer": "accepted", "hub": HUB, "asked_at": NOW - days(60), **given}
    return Opportunity(f"i{number}", f"elsewhere {number}", "ada", sequence=1, **fields)


def spared(
    *theirs: Opportunity, limits: Limits | None = None, guarded: bool = False, **asked: Any
) -> bool:
    ada = a_candidate("ada", one_paid_activity_a_week=guarded)
    engagement = an_engagement(**asked)
    sparing = (limits or Limits()).sparing(engagement, theirs, NOW)
    return any(spares(ada, engagement) for spares in sparing.rules.values())


@pytest.mark.parametrize(
    ("first", "last", "apart"),
    [
        (WINDOW.start, WINDOW.start, False),
        (WINDOW.start - days(20), WINDOW.start - days(8), True),
        (WINDOW.start - days(20), WINDOW.start - days(7), False),
        (WINDOW.end + days(8), WINDOW.end + days(9), True),
        (WINDOW.end + days(7), WINDOW.end + days(9), False),
        (WINDOW.start - days(20), WINDOW.end + days(20), False),
    ],
)
def test_nobody_has_places_in_two_engagements_at_a_time_nor_without_rest_between(
    first: date, last: date, *, apart: bool
) -> None:
    assert spared(an_opportunity(starts_on=first, ends_on=last)) is not apart


@pytest.mark.parametrize(("took_part", "rests"), [(True, True), (None, True), (False, False)])
def test_who_came_to_none_of_its_sessions_needs_no_rest(
    took_part: bool | None,  # noqa: FBT001 - a case
    rests: bool,  # noqa: FBT001 - what it proves
) -> None:
    yesterday = NOW.date() - days(1)
    held = an_opportunity(starts_on=yesterday, ends_on=yesterday, took_part=took_part)

    for begins in (NOW.date() - days(3), NOW.date()):
        assert spared(held, window_start=begins, window_end=NOW.date() + days(3)) is rests


@pytest.mark.parametrize(("approved", "held"), [(days(13), True), (days(15), False)])
def test_a_place_to_which_nobody_was_invited_in_two_weeks_is_not_held_any_more(
    approved: timedelta,
    held: bool,  # noqa: FBT001 - what it proves
) -> None:
    chosen = an_opportunity(
        answer="chosen",
        asked_at=NOW - approved,
        starts_on=WINDOW.start,
        ends_on=WINDOW.end,
    )

    assert spared(chosen) is held


@pytest.mark.parametrize("answer", ANSWERS)
def test_only_who_is_invited_or_comes_holds_a_place(answer: str) -> None:
    held = an_opportunity(answer=answer, starts_on=WINDOW.start, ends_on=WINDOW.start)

    assert spared(held) is (answer in {"invited", "accepted"})


def test_places_in_the_same_engagement_are_another_matter() -> None:
    engagement = an_engagement()
    own = Opportunity("i", engagement.id, "ada", "accepted", 1, HUB, NOW, WINDOW.start, WINDOW.end)

    sparing = Limits(most_asks=1).sparing(engagement, [own], NOW)

    assert not sparing.rules


def test_a_hub_of_few_people_may_let_them_have_two_at_a_time() -> None:
    held = an_opportunity(starts_on=WINDOW.start, ends_on=WINDOW.start)

    assert not spared(held, limits=Limits(one_at_a_time=False))


@pytest.mark.parametrize(
    ("guarded", "paid", "other_paid", "apart"),
    [(True, True, True, False), (False, True, True, True), (True, False, True, True)],
)
def test_who_asked_for_one_paid_activity_a_week_has_a_week_between(
    *, guarded: bool, paid: bool, other_paid: bool, apart: bool
) -> None:
    last = WINDOW.start - days(6)
    held = an_opportunity(starts_on=last, ends_on=last, paid=other_paid)

    limits = Limits(rest=days(1), one_at_a_time=False)

    assert spared(held, limits=limits, guarded=guarded, paid=paid) is not apart


@given(
    answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=8),
    ago=st.lists(st.floats(0, 60), min_size=8, max_size=8),
    most=st.integers(1, 5),
)
def test_so_many_invitations_in_thirty_days_are_enough_whatever_was_answered(
    answers: list[str], ago: list[float], most: int
) -> None:
    theirs = [
        an_opportunity(number, answer=answer, asked_at=NOW - days(ago[number]))
        for number, answer in enumerate(answers)
    ]
    lately = sum(each.asked_at > NOW - days(30) for each in theirs)

    assert spared(*theirs, limits=Limits(most_asks=most)) is (lately >= most)


@given(ago=st.lists(st.floats(0, 40), min_size=1, max_size=6), most=st.integers(1, 4))
def test_a_person_is_asked_again_as_soon_as_the_limit_allows_and_not_before(
    ago: list[float], most: int
) -> None:
    theirs = [an_opportunity(n, asked_at=NOW - days(each)) for n, each in enumerate(ago)]
    limits = Limits(most_asks=most)
    again = limits.sparing(an_engagement(), theirs, NOW).somebody_asked_again_at(["ada"])
    if again is None:
        assert not spared(*theirs, limits=limits)
        return

    def asked_often(moment: timedelta) -> bool:
        sparing: Sparing = limits.sparing(an_engagement(), theirs, again + moment)
        return sparing.asked_again_at("ada") is not None

    assert asked_often(-timedelta(seconds=1))
    assert not asked_often(timedelta())


@given(
    answer=st.sampled_from(ANSWERS),
    start=st.integers(-60, 60),
    length=st.integers(0, 90),
    ago=st.floats(0, 60),
)
def test_a_no_keeps_nobody_from_more_than_a_yes_does(
    answer: str, start: int, length: int, ago: float
) -> None:
    first = WINDOW.start + days(start)
    fields = {"asked_at": NOW - days(ago), "starts_on": first, "ends_on": first + days(length)}

    assert spared(an_opportunity(answer=answer, **fields)) <= spared(an_opportunity(**fields))


def test_all_that_can_keep_somebody_from_being_asked_is_looked_up() -> None:
    limits, engagement = Limits(), an_engagement()
    since = limits.since(engagement, NOW)

    resting = WINDOW.start - limits.rest
    asked = (NOW - limits.asks_within).date()

    assert since <= min(resting, asked)
