"""Whatever the panel, the rooms and the holidays: what is always true of a series."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.scheduling.domain.calendar import LONDON, Days, Hours, Rhythm
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.slots import Placed, Rules, Wish
from services.scheduling.domain.resources.bookings import BookedDay, empty_day
from services.scheduling.domain.resources.venues import Venue
from tests.builders.scheduling import (
    BSL_INTERPRETER,
    HUB,
    LOOP,
    NOW,
    WHEELCHAIR,
    a_hub,
    a_venue,
    a_wish,
    an_attendant,
    days,
    place,
    rules,
    weekly,
)

Case = tuple[Wish, Rules, list[BookedDay]]
CLOCKS_CHANGE = [date(2027, 3, 28), date(2027, 10, 31)]


@st.composite
def wishes(draw: st.DrawFn) -> Case:
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
    booked = list({day.id: day for day in taken}.values())
    return a_wish(*people, window=window, rhythm=rhythm), by, booked


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(wishes())
def test_a_series_is_always_in_the_window_in_staff_hours_at_one_wall_time(
    case: Case,
) -> None:
    wished, by, booked = case
    found = place(wished, by, booked=booked)
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


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(wishes())
def test_a_series_never_takes_a_room_that_is_booked_or_lacks_what_people_need(
    case: Case,
) -> None:
    wished, by, booked = case
    found = place(wished, by, booked=booked)
    assume(isinstance(found, Placed))
    assert isinstance(found, Placed)

    needed = by.access.features(wished.people)
    assert not found.venue.lacks(needed)
    for each in found.meetings:
        days_ = [day for day in booked if day.id == f"{found.venue.id}:{each.day}"]
        assert all(day.free(each.hours, wished.engagement.id) for day in days_)


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(wishes())
def test_no_other_start_in_the_window_suits_more_people(case: Case) -> None:
    wished, by, _ = case
    single = replace(wished, rhythm=replace(wished.rhythm, count=1))
    found = place(single, by)
    assume(isinstance(found, Placed))
    assert isinstance(found, Placed)

    assert found.choice.present == _brute_force(single, by)


def _brute_force(wished: Wish, by: Rules) -> int:
    """The most people who can make one session, found by trying everything the slow way."""
    hub, window = by.hubs[HUB], wished.engagement.terms.window
    notice = by.access.notice(wished.people)
    needed = by.access.features(wished.people)
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
    near = venue.metres_from(person.easting, person.northing) <= person.travel_km * 1000
    free = not person.weekly or any(
        slot.weekday == day.weekday() and slot.hours.covers(hours) for slot in person.weekly
    )
    return near and free
