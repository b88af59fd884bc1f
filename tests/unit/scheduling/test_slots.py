"""Where and when a series is placed."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from services.scheduling.domain.calendar import LONDON, Days, Hours, Period, Rhythm, to_utc
from services.scheduling.domain.people.attendants import Commitment
from services.scheduling.domain.planning.slots import Obstacles, Placed, Rules, Wish
from services.scheduling.domain.resources.bookings import empty_day
from tests.builders.exclusions import digests
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
    a_wish,
    an_attendant,
    days,
    place,
    rules,
    weekly,
)

CLOCKS_CHANGE = [date(2027, 3, 28), date(2027, 10, 31)]


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

    found = placed(a_wish(ada, ben), rules())

    assert found.meetings[0].day == date(2027, 1, 14)
    assert found.meetings[0].hours == Hours(time(17), time(18, 30))
    assert found.choice.present == 2


def test_most_of_the_panel_comes_before_early() -> None:
    people = [an_attendant(name, weekly=weekly(4)) for name in ("ada", "ben")]
    early = an_attendant("cy", weekly=weekly(0))

    found = placed(a_wish(early, *people), rules())

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

    found = placed(a_wish(ada), rules())

    assert found.meetings[0].day == monday + days(14)


def test_the_room_meets_every_need_even_if_it_is_farther() -> None:
    near = a_venue("Near", access=(LOOP,))
    far = a_venue("Far", access=(LOOP, STEP_FREE), easting=520_000)
    ada = an_attendant("ada", needs=(WHEELCHAIR,))

    found = placed(a_wish(ada), rules(near, far))

    assert found.venue == far


def test_of_rooms_that_suit_the_one_with_least_travel_is_taken() -> None:
    near, far = a_venue("Near", easting=518_000), a_venue("Far", easting=522_000)

    found = placed(a_wish(an_attendant("ada")), rules(far, near))

    assert found.venue == near


@pytest.mark.parametrize("easting", [517_000, 525_000])
def test_of_rooms_that_suit_people_as_well_the_one_nearest_to_the_engagement_is_taken(
    easting: int,
) -> None:
    west, east = a_venue("West", easting=516_000), a_venue("East", easting=526_000)
    ada = an_attendant("ada", easting=521_000)

    found = placed(a_wish(ada, easting=easting, northing=181_000), rules(west, east))

    assert found.venue == min(west, east, key=lambda venue: abs(venue.easting - easting))


def test_peoples_travel_counts_before_the_engagements_own_place() -> None:
    near, far = a_venue("Near", easting=518_000), a_venue("Far", easting=522_000)

    found = placed(a_wish(an_attendant("ada"), easting=522_000, northing=181_000), rules(far, near))

    assert found.venue == near


def test_a_room_that_people_can_reach_is_better_than_one_where_all_stay_at_home() -> None:
    reached = a_venue("Reached", easting=522_000)
    remote = a_venue("Remote", easting=590_000)

    found = placed(a_wish(an_attendant("ada"), online=True), rules(remote, reached))

    assert found.venue == reached


@pytest.mark.parametrize("site", ["Old Ward", " old  WARD", "ward-7", "WARD-7", "nw10 7ns"])
def test_nobody_has_to_go_back_to_a_place_they_stay_away_from_however_they_wrote_it(
    site: str,
) -> None:
    ward = a_venue("Old Ward", id="ward-7", postcode="NW10 7NS")
    hall = a_venue("Hall", easting=519_000)
    ada = an_attendant("ada", avoids=digests(sites=(site,)))

    found = placed(a_wish(ada), rules(ward, hall))

    assert found.venue == hall


def test_an_online_engagement_asks_for_no_room() -> None:
    ada = an_attendant("ada", needs=(WHEELCHAIR,))

    found = placed(a_wish(ada, online=True, in_person=False), rules(a_venue(access=())))

    assert found.venue.online


def test_where_no_room_suits_it_is_held_online_if_it_may_be() -> None:
    ada = an_attendant("ada", needs=(WHEELCHAIR,))

    found = placed(a_wish(ada, online=True), rules(a_venue(access=())))

    assert found.venue.online


def test_an_interpreter_is_given_the_notice_that_booking_takes() -> None:
    ada = an_attendant("ada", needs=(BSL_INTERPRETER,))

    found = placed(a_wish(ada), rules())

    assert found.meetings[0].day >= NOW.date() + days(21)


def test_a_session_that_would_fall_on_a_holiday_moves_to_the_next_open_day() -> None:
    ada = an_attendant("ada", weekly=weekly(0, 1))
    easter_monday = date(2027, 3, 29)
    wished = a_wish(
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
            a_wish(an_attendant(), window=Days(date(2027, 1, 5), date(2027, 1, 8))),
            rules(),
            "the window ends on 8 January 2027, before the 7 days of notice that people and their",
        ),
        (
            a_wish(an_attendant(needs=(WHEELCHAIR,))),
            rules(a_venue(access=(LOOP,))),
            "no venue meets all access needs: Hall lacks step-free access",
        ),
        (a_wish(an_attendant(), places=100), rules(), "no venue has room for 102 people"),
        (
            a_wish(an_attendant(), rhythm=Rhythm(9, 90, 28)),
            rules(),
            "9 sessions of 90 minutes, 28 days apart, do not fit into staff hours by 31 March 2027",
        ),
        (
            a_wish(an_attendant(), rhythm=Rhythm(1, 900, 0)),
            rules(),
            "a session of 900 minutes does not fit into staff hours by 31 March 2027",
        ),
        (
            a_wish(an_attendant(weekly=weekly(6))),
            rules(),
            "at no time can 1 person of the panel come to every session",
        ),
        (
            a_wish(an_attendant()),
            rules(hub=replace(a_hub(), name="elsewhere")),
            None,
        ),
    ],
)
def test_what_is_in_the_way_is_named(wished: Wish, by: Rules, said: str | None) -> None:
    if said is None:
        by = replace(by, hubs={})
        said = f"no staff hours and venues are set up for {HUB}"

    told = reasons(wished, by)

    assert said in told


def test_the_same_obstacle_is_named_in_the_same_words_on_another_day() -> None:
    wished = a_wish(an_attendant(), window=Days(date(2027, 1, 5), date(2027, 1, 8)))

    told = [reasons(wished, rules(), NOW + days(later)) for later in (0, 1, 30)]

    assert len(set(told)) == 1


def test_a_room_that_others_have_booked_is_named_as_what_is_in_the_way() -> None:
    monday = date(2027, 1, 11)
    taken = empty_day("hall", monday).booked("another", [Hours(time(9), time(20))])
    wished = a_wish(an_attendant(), window=Days(monday, monday))

    found = place(wished, rules(), booked=[taken])

    assert isinstance(found, Obstacles)
    told = "; ".join(found.reasons)

    assert told == "every venue that fits is booked at the times that people can make"


def test_days_whose_holidays_nobody_has_published_are_not_used() -> None:
    later = datetime(2028, 12, 1, 12, tzinfo=LONDON)
    wished = a_wish(an_attendant(), window=Days(date(2029, 1, 1), date(2029, 2, 1)))

    told = reasons(wished, rules(), later)

    assert "does not fit" in told
