"""Series that compete for rooms, facilitators and interpreters are placed together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.calendar import Days, Hours, Meeting, Rhythm
from services.scheduling.domain.engagements.panels import Quota
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.hub_plan import plan
from services.scheduling.domain.planning.slots import Found, Obstacles, Placed, Rules, Wish
from services.scheduling.domain.planning.staffing import matched
from services.scheduling.domain.resources.bookings import Occupancy
from tests.builders.scheduling import (
    BSL,
    BSL_USER,
    NOW,
    a_hub,
    a_member,
    a_venue,
    a_wish,
    a_worker,
    an_attendant,
    an_engagement,
    rules,
    weekly,
)

MONDAY = date(2027, 2, 8)
ONE_DAY = Days(MONDAY, MONDAY)
A_WEEK = Days(MONDAY, MONDAY + timedelta(days=6))


def a_series(name: str, *people: Attendant, **of_terms: object) -> Wish:
    """A wish of an engagement of its own."""
    wished = a_wish(*people, **{"window": A_WEEK, **of_terms})
    return replace(wished, engagement=an_engagement(id=name, terms=wished.engagement.terms))


def planned(wishes: Sequence[Wish], by: Rules) -> dict[str, Found]:
    """What is found for all of them together."""
    return plan(wishes, by, Occupancy(), NOW)


def all_placed(found: dict[str, Found]) -> list[Placed]:
    """Those that got a time, of which there must be none without."""
    assert not [each for each in found.values() if isinstance(each, Obstacles)], found
    return [each for each in found.values() if isinstance(each, Placed)]


def test_what_only_one_can_give_up_is_given_up_for_the_other() -> None:
    free = an_attendant("ada")
    bound = an_attendant("ben", weekly=weekly(0))
    one_evening = a_hub(
        a_venue(), hours={0: (Hours(time(18), time(20)),), 1: (Hours(time(18), time(20)),)}
    )

    found = planned([a_series("a", free), a_series("b", bound)], rules(hub=one_evening))

    days = {
        name: each.meetings[0].day.weekday()
        for name, each in found.items()
        if isinstance(each, Placed)
    }
    assert days == {"a": 1, "b": 0}


def test_quotas_among_those_who_can_come_count_before_how_many_come() -> None:
    women = [an_attendant(f"w{n}", weekly=weekly(0)) for n in (1, 2, 3)]
    man = an_attendant("m", weekly=weekly(1))
    both = an_attendant("w4", weekly=weekly(0, 1))
    wished = a_series("a", *women, both, man)
    members = [a_member(f"w{n}", sex="f") for n in (1, 2, 3, 4)] + [a_member("m", sex="m")]
    quotas = [Quota("sex", "f", 1, 2), Quota("sex", "m", 1, 2)]

    found = planned([replace(wished, members=members, quotas=quotas)], rules())

    [placed] = all_placed(found)
    assert placed.meetings[0].day.weekday() == 1
    assert placed.choice.present == 2
    assert placed.choice.deviation == 0


def test_of_times_that_are_alike_otherwise_the_one_that_nobody_called_hard_is_taken() -> None:
    ada = an_attendant(
        "ada",
        weekly=weekly(0, 1, hours=Hours(time(9), time(12))),
        hard=weekly(0, hours=Hours(time(9), time(12))),
    )

    [placed] = all_placed(planned([a_series("a", ada)], rules()))

    assert placed.meetings[0].day.weekday() == 1
    assert placed.choice.hard == 0


def test_the_next_best_three_are_on_other_days_and_no_better() -> None:
    ada, ben = (
        an_attendant("ada", weekly=weekly(0, 1)),
        an_attendant("ben", weekly=weekly(0, 2, 3, 4)),
    )

    [placed] = all_placed(planned([a_series("a", ada, ben)], rules()))

    assert placed.meetings[0].day.weekday() == 0
    days = [each.meetings[0].day for each in placed.choice.next_best]
    assert len(set(days)) == 3
    assert placed.meetings[0].day not in days
    assert all(each.present <= placed.choice.present for each in placed.choice.next_best)


def test_two_interpreters_take_turns_for_more_than_an_hour_and_one_does_for_less() -> None:
    people = [an_attendant("ada", needs=(BSL_USER,)), an_attendant("ben", needs=(BSL_USER,))]
    by = rules(hub=a_hub(workers=[a_worker(f"bsl-{n}", BSL) for n in (1, 2, 3)]))
    wide = Days(MONDAY, date(2027, 3, 31))

    lengths = (Rhythm(1, minutes, 7) for minutes in (90, 60))
    series = [a_series("a", *people, rhythm=each, window=wide) for each in lengths]

    placed = [each for one in series for each in all_placed(planned([one], by))]
    assert [len(each) for one in placed for each in one.support] == [2, 1]


def test_a_worker_is_booked_for_no_more_hours_a_day_than_they_can() -> None:
    two_hours = a_worker("fi", minutes_a_day=180)
    by = rules(
        a_venue("One"),
        a_venue("Two"),
        hub=a_hub(a_venue("One"), a_venue("Two"), workers=[two_hours], facilitators=1),
    )
    series = [a_series(name, an_attendant(name), window=ONE_DAY) for name in ("a", "b", "c")]

    found = planned(series, by)

    assert sorted(isinstance(each, Placed) for each in found.values()) == [False, True, True]
    [reason] = [each.reasons[-1] for each in found.values() if isinstance(each, Obstacles)]
    assert (
        reason
        == "at no time that people can make is everybody free whom a session needs: 1 facilitator"
    )


@st.composite
def hubs_and_wishes(draw: st.DrawFn) -> tuple[list[Wish], Rules]:
    """A hub with little of everything, and up to five series over some of the same people."""
    workers = [
        a_worker(f"f{n}", minutes_a_day=draw(st.sampled_from([90, 180, 360])))
        for n in range(draw(st.integers(1, 3)))
    ]
    workers += [a_worker(f"bsl-{n}", BSL) for n in range(draw(st.integers(0, 3)))]
    rooms = [a_venue(f"V{n}") for n in range(draw(st.integers(1, 2)))]
    evening = {day: (Hours(time(17), time(20)),) for day in range(5)}
    by = rules(hub=a_hub(*rooms, hours=evening, workers=workers, facilitators=1))
    pool = [
        an_attendant(
            f"p{n}",
            weekly=weekly(*draw(st.sets(st.integers(0, 4), max_size=3))),
            needs=draw(st.sampled_from([(), (), (BSL_USER,)])),
        )
        for n in range(8)
    ]
    wishes = []
    for n in range(draw(st.integers(2, 5))):
        people = [
            pool[each] for each in sorted(draw(st.sets(st.integers(0, 7), min_size=1, max_size=4)))
        ]
        rhythm = Rhythm(draw(st.integers(1, 2)), draw(st.sampled_from([60, 90])), 7)
        window = Days(MONDAY, MONDAY + timedelta(days=draw(st.integers(7, 16))))
        wishes.append(a_series(f"e{n}", *people, rhythm=rhythm, window=window))
    return wishes, by


@settings(max_examples=50, deadline=timedelta(seconds=20))
@given(hubs_and_wishes())
def test_whatever_competes_no_room_no_worker_and_nobody_is_taken_twice(
    case: tuple[list[Wish], Rules],
) -> None:
    wishes, by = case

    found = planned(wishes, by)

    taken: dict[str, list[Meeting]] = {}
    for wish in wishes:
        placed = found[wish.id]
        if isinstance(placed, Obstacles):
            continue
        needed = len(by.access.roles(wish.people, wish.rhythm.minutes)) + 1
        for meeting, support in zip(placed.meetings, placed.support, strict=True):
            assert len({each.worker_id for each in support}) == needed
            for resource in (placed.venue.id, *(each.worker_id for each in support)):
                taken.setdefault(resource, []).append(meeting)
    for meetings in taken.values():
        assert not any(
            a.day == b.day and a.hours.overlaps(b.hours) for a, b in combinations(meetings, 2)
        )
    for worker in by.hubs["west-london"].workers:
        days = {each.day for each in taken.get(worker.id, ())}
        for day in days:
            minutes = sum(m.hours.minutes for m in taken[worker.id] if m.day == day)
            assert minutes <= worker.minutes_a_day


@settings(max_examples=30, deadline=timedelta(seconds=20))
@given(hubs_and_wishes())
def test_what_could_be_placed_alone_is_not_all_left_out_together(
    case: tuple[list[Wish], Rules],
) -> None:
    wishes, by = case
    alone = sum(isinstance(planned([each], by)[each.id], Placed) for each in wishes)

    together = sum(isinstance(each, Placed) for each in planned(wishes, by).values())

    assert together <= alone
    assert together >= min(alone, 1)


@given(st.lists(st.lists(st.integers(0, 4), max_size=4, unique=True), max_size=5))
def test_as_many_roles_are_filled_at_once_as_can_be(suited: list[list[int]]) -> None:
    def most(role: int, taken: frozenset[int]) -> int:
        if role == len(suited):
            return 0
        filled = [1 + most(role + 1, taken | {w}) for w in suited[role] if w not in taken]
        return max([most(role + 1, taken), *filled])

    assert matched(suited) == most(0, frozenset())
