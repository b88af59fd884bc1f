"""Where and when a series is placed."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.scheduling.domain.attendants import Attendant, Commitment, Period
from services.scheduling.domain.calendar import LONDON, Days, Hours, Rhythm, to_utc
from services.scheduling.domain.slots import Obstacles, Placed, Rules, Wish, place
from services.scheduling.domain.venues import Venue, empty_day
from tests.builders.scheduling import (
    BSL_INTERPRETER,
    HUB,
    LOOP,
    MORNING,
    NOW,
    STEP_FREE,
    WHEELCHAIR,
    a_hub,
    a_venue,
    an_attendant,
    an_engagement,
    days,
    rules,
    terms,
    weekly,
)

CLOCKS_CHANGE = [date(2027, 3, 28), date(2027, 10, 31)]


def wish(*people: Attendant, places: int = 3, days: Any = None, **of_terms: Any) -> Wish:
    """A wish for these people."""
    engagement = an_engagement(terms=terms(**of_terms))
    return Wish(engagement, engagement.terms.rhythm, people, places, days or {})


def placed(wished: Wish, by: Rules, now: datetime = NOW) -> Placed:
    """The slot that must be there."""
    found = place(wished, by, now)
    assert isinstance(found, Placed)
    return found


def reasons(wished: Wish, by: Rules, now: datetime = NOW) -> str:
    """Why there must be none."""
    found = place(wished, by, now)
    assert isinstance(found, Obstacles)
    return "; ".join(found.reasons)


def test_the_first_moment_that_everybody_can_make_is_taken() -> None:
    ada = an_attendant("ada", weekly=weekly(2, 3))
    ben = an_attendant("ben", weekly=weekly(3, 4))

    found = placed(wish(ada, ben), rules())

    assert found.meetings[0].day == date(2027, 1, 14)
    assert found.meetings[0].hours == Hours(time(17), time(18, 30))
    assert found.present == 2


def test_most_of_the_panel_comes_before_early() -> None:
    people = [an_attendant(name, weekly=weekly(4)) for name in ("ada", "ben")]
    early = an_attendant("cy", weekly=weekly(0))

    found = placed(wish(early, *people), rules())

    assert found.meetings[0].day.weekday() == 4


def test_nobody_is_expected_on_days_away_or_while_at_another_session() -> None:
    monday = date(2027, 1, 11)
    other = Period(to_utc(monday + days(7), time(9)), to_utc(monday + days(7), time(12)))
    ada = an_attendant(
        "ada",
        weekly=weekly(0, hours=MORNING),
        away=(Days(monday, monday + days(2)),),
        commitments=(Commitment("another", (other,)),),
    )

    found = placed(wish(ada), rules())

    assert found.meetings[0].day == monday + days(14)


def test_the_room_meets_every_need_even_if_it_is_farther() -> None:
    near = a_venue("Near", access=(LOOP,))
    far = a_venue("Far", access=(LOOP, STEP_FREE), easting=520_000)
    ada = an_attendant("ada", needs=(WHEELCHAIR,))

    found = placed(wish(ada), rules(near, far))

    assert found.venue == far


def test_of_rooms_that_suit_the_one_with_least_travel_is_taken() -> None:
    near, far = a_venue("Near", easting=518_000), a_venue("Far", easting=522_000)

    found = placed(wish(an_attendant("ada")), rules(far, near))

    assert found.venue == near


def test_a_room_that_people_can_reach_is_better_than_one_where_all_stay_at_home() -> None:
    reached = a_venue("Reached", easting=522_000)
    remote = a_venue("Remote", easting=590_000)

    found = placed(wish(an_attendant("ada"), online=True), rules(remote, reached))

    assert found.venue == reached


def test_nobody_has_to_go_back_to_a_place_they_stay_away_from() -> None:
    ward, hall = a_venue("Ward"), a_venue("Hall", easting=519_000)
    ada = an_attendant("ada", avoided_sites=("Ward",))

    found = placed(wish(ada), rules(ward, hall))

    assert found.venue == hall


def test_an_online_engagement_asks_for_no_room() -> None:
    ada = an_attendant("ada", needs=(WHEELCHAIR,))

    found = placed(wish(ada, online=True, in_person=False), rules(a_venue(access=())))

    assert found.venue.online


def test_where_no_room_suits_it_is_held_online_if_it_may_be() -> None:
    ada = an_attendant("ada", needs=(WHEELCHAIR,))

    found = placed(wish(ada, online=True), rules(a_venue(access=())))

    assert found.venue.online


def test_an_interpreter_is_given_the_notice_that_booking_takes() -> None:
    ada = an_attendant("ada", needs=(BSL_INTERPRETER,))

    found = placed(wish(ada), rules())

    assert found.meetings[0].day >= NOW.date() + days(21)


def test_a_session_that_would_fall_on_a_holiday_moves_to_the_next_open_day() -> None:
    ada = an_attendant("ada", weekly=weekly(0, 1))
    easter_monday = date(2027, 3, 29)
    wished = wish(
        ada,
        rhythm=Rhythm(2, 90, 7),
        window=Days(date(2027, 3, 22), date(2027, 3, 30)),
    )

    found = placed(wished, rules(holidays=[easter_monday]))

    assert [each.day for each in found.meetings] == [date(2027, 3, 22), date(2027, 3, 30)]


@pytest.mark.parametrize(
    ("wished", "by", "said"),
    [
        (
            wish(an_attendant(), window=Days(date(2027, 1, 5), date(2027, 1, 8))),
            rules(),
            "the 7 days of notice that people and their support need end on 11 January 2027, and",
        ),
        (
            wish(an_attendant(needs=(WHEELCHAIR,))),
            rules(a_venue(access=(LOOP,))),
            "no venue meets all access needs: Hall lacks step-free access",
        ),
        (wish(an_attendant(), places=100), rules(), "no venue has room for 102 people"),
        (
            wish(an_attendant(), rhythm=Rhythm(9, 90, 28)),
            rules(),
            "9 sessions of 90 minutes, 28 days apart, do not fit into staff hours by 31 March 2027",
        ),
        (
            wish(an_attendant(weekly=weekly(6))),
            rules(),
            "at no time can 1 people of the panel make all sessions",
        ),
        (
            wish(an_attendant()),
            rules(hub=replace(a_hub(), name="elsewhere")),
            None,
        ),
    ],
)
def test_what_is_in_the_way_is_named(wished: Wish, by: Rules, said: str | None) -> None:
    if said is None:
        by = replace(by, hubs={})
        said = f"no staff hours and venues are set up for the hub {HUB}"

    told = reasons(wished, by)

    assert said in told


def test_a_room_that_others_have_booked_is_named_as_what_is_in_the_way() -> None:
    monday = date(2027, 1, 11)
    taken = empty_day("hall", monday).booked("another", [Hours(time(9), time(20))])
    wished = wish(an_attendant(), window=Days(monday, monday), days={taken.id: taken})

    told = reasons(wished, rules())

    assert told == "every venue that fits is booked at the times that people can make"


def test_days_whose_holidays_nobody_has_published_are_not_used() -> None:
    later = datetime(2028, 12, 1, 12, tzinfo=LONDON)
    wished = wish(an_attendant(), window=Days(date(2029, 1, 1), date(2029, 2, 1)))

    told = reasons(wished, rules(), later)

    assert "do not fit" in told


@st.composite
def wishes(draw: st.DrawFn) -> tuple[Wish, Rules]:
    """Any panel and series around a clock change, with some holidays and some rooms taken."""
    change = draw(st.sampled_from(CLOCKS_CHANGE))
    first = change - days(draw(st.integers(1, 30)))
    window = Days(first, first + days(draw(st.integers(20, 90))))
    all_days = st.integers(0, 90).map(lambda n: first + days(n))
    hours = st.tuples(st.integers(8, 15), st.integers(1, 6)).map(
        lambda h: Hours(time(h[0]), time(h[0] + h[1]))
    )
    people = [
        an_attendant(
            str(n),
            weekly=tuple(
                slot
                for day in draw(st.sets(st.integers(0, 6), max_size=5))
                for slot in weekly(day, hours=draw(hours))
            ),
            easting=517_000 + draw(st.integers(-9_000, 9_000)),
            needs=draw(st.sampled_from([(), (WHEELCHAIR,), (BSL_INTERPRETER,)])),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    venues = [a_venue("One", access=(LOOP,)), a_venue("Two", easting=515_000)]
    taken = [
        empty_day(draw(st.sampled_from(venues)).id, day).booked("another", [draw(hours)])
        for day in draw(st.sets(all_days, max_size=8))
    ]
    rhythm = Rhythm(
        draw(st.integers(1, 4)), draw(st.sampled_from([60, 90, 120])), draw(st.integers(1, 20))
    )
    hub = a_hub(*venues, hours={day: (draw(hours),) for day in range(draw(st.integers(1, 7)))})
    by = rules(hub=hub, holidays=sorted(draw(st.sets(all_days, max_size=10))))
    wished = wish(*people, window=window, rhythm=rhythm, days={day.id: day for day in taken})
    return wished, by


@given(wishes())
def test_a_series_is_always_in_the_window_in_staff_hours_at_one_wall_time(
    case: tuple[Wish, Rules],
) -> None:
    wished, by = case
    found = place(wished, by, NOW)
    assume(isinstance(found, Placed))
    assert isinstance(found, Placed)

    hub, window = by.hubs[HUB], wished.engagement.terms.window
    assert len({each.day for each in found.meetings}) == wished.rhythm.count
    for each in found.meetings:
        assert each.day in window
        assert each.day not in by.holidays.days
        assert any(shift.covers(each.hours) for shift in hub.staff_hours[each.day.weekday()])
    local = {each.starts_at.astimezone(LONDON).time() for each in found.meetings}
    assert local == {found.meetings[0].hours.start}
    lengths = {each.ends_at - each.starts_at for each in found.meetings}
    assert lengths == {timedelta(minutes=wished.rhythm.minutes)}


@given(wishes())
def test_a_series_never_takes_a_room_that_is_booked_or_lacks_what_people_need(
    case: tuple[Wish, Rules],
) -> None:
    wished, by = case
    found = place(wished, by, NOW)
    assume(isinstance(found, Placed))
    assert isinstance(found, Placed)

    needed = frozenset[str]().union(*(by.access.features(each) for each in wished.people))
    assert not found.venue.lacks(needed)
    for each in found.meetings:
        day = wished.days.get(f"{found.venue.id}:{each.day}")
        assert day is None or day.free(each.hours, wished.engagement.id)


@given(wishes())
def test_no_other_start_in_the_window_suits_more_people(case: tuple[Wish, Rules]) -> None:
    wished, by = case
    single = replace(wished, rhythm=replace(wished.rhythm, count=1), days={})
    found = place(single, by, NOW)
    assume(isinstance(found, Placed))
    assert isinstance(found, Placed)

    one_person = [place(replace(single, people=[each]), by, NOW) for each in single.people]

    assert found.present >= (1 if any(isinstance(each, Placed) for each in one_person) else 0)
    assert found.present == _brute_force(single, by)


def _brute_force(wished: Wish, by: Rules) -> int:
    """The most people who can make one session, found by trying everything the slow way."""
    hub, window = by.hubs[HUB], wished.engagement.terms.window
    notice = by.access.notice(wished.people)
    needed = frozenset[str]().union(*(by.access.features(each) for each in wished.people))
    best = 0
    for day in window.each():
        open_day = by.holidays.allow(day) and day >= NOW.date() + days(notice)
        for shift in hub.staff_hours.get(day.weekday(), ()) if open_day else ():
            for hours in _quarters(shift, wished.rhythm.minutes):
                best = max(
                    best,
                    *(
                        sum(_can(person, day, hours, venue) for person in wished.people)
                        for venue in hub.venues
                        if not venue.lacks(needed)
                    ),
                )
    return best


def _quarters(shift: Hours, minutes: int) -> list[Hours]:
    begin = datetime.combine(NOW.date(), shift.start)
    end = datetime.combine(NOW.date(), shift.end) - timedelta(minutes=minutes)
    count = int((end - begin) / timedelta(minutes=15)) + 1 if end >= begin else 0
    starts = [begin + timedelta(minutes=15 * n) for n in range(count)]
    return [Hours(s.time(), (s + timedelta(minutes=minutes)).time()) for s in starts]


def _can(person: Attendant, day: date, hours: Hours, venue: Venue) -> bool:
    near = person.metres_to(venue.easting, venue.northing) <= person.travel_km * 1000
    free = not person.weekly or any(
        slot.weekday == day.weekday() and slot.hours.covers(hours) for slot in person.weekly
    )
    return near and free
