"""Bookings of a room."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.calendar import Hours
from services.scheduling.domain.resources.bookings import DoubleBookingError, empty_day
from services.scheduling.domain.resources.venues import Venue
from tests.builders.exclusions import EXCLUSIONS, digests

quarter = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
hours = st.lists(quarter, min_size=2, max_size=2, unique=True).map(
    lambda ends: Hours(min(ends), max(ends))
)


@given(st.lists(st.tuples(st.sampled_from("abcde"), hours)))
def test_two_bookings_never_overlap_whatever_is_asked_for(wanted: list[tuple[str, Hours]]) -> None:
    day = empty_day("hall", date(2027, 1, 11))

    for engagement, stretch in wanted:
        if day.free(stretch, engagement):
            day = day.booked(engagement, [stretch])

    booked = [each.hours for each in day.bookings]
    assert not any(a.overlaps(b) for n, a in enumerate(booked) for b in booked[n + 1 :])


def test_a_booking_that_would_overlap_is_a_bug_and_is_not_made() -> None:
    day = empty_day("hall", date(2027, 1, 11)).booked("a", [Hours(time(9), time(11))])

    with pytest.raises(DoubleBookingError):
        day.booked("b", [Hours(time(10), time(12))])


def test_a_room_is_free_from_the_minute_that_the_others_leave() -> None:
    day = empty_day("hall", date(2027, 1, 11)).booked("a", [Hours(time(9), time(11))])

    assert day.free(Hours(time(11), time(12)), "b")


def test_a_site_left_blank_is_no_venue_not_even_one_without_a_postcode() -> None:
    venue = Venue("somewhere", "Somewhere", postcode=None)

    assert digests(sites=("", " ")) == ()
    assert set(venue.known_by(EXCLUSIONS)) == set(digests(sites=("somewhere",)))
