"""What people say of their time allows a stretch of a day, or it does not."""

from datetime import date, datetime, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from services.scheduling.domain.calendar import LONDON, Days, Hours, Meeting, SchoolHolidays
from services.scheduling.domain.people.attendants import Attendant, WeeklySlot, can_come, is_hard
from services.scheduling.domain.people.crowd import Crowd
from services.scheduling.domain.planning.slots import Placed
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.scheduling import (
    ENGAGEMENT,
    HUB,
    NOW,
    a_wish,
    an_attendant,
    days,
    place,
    rules,
    terms,
    weekly,
)

CLOCKS_CHANGE = [date(2027, 3, 28), date(2027, 10, 31)]
MINUTE = timedelta(minutes=1)
HALF_TERM = SchoolHolidays((Days(date(2027, 2, 13), date(2027, 2, 21)),), date(2027, 3, 25))
MORNING = Hours(time(9), time(12))

near_a_change = st.builds(
    lambda change, off: change + days(off), st.sampled_from(CLOCKS_CHANGE), st.integers(-9, 9)
)
stretches = st.tuples(st.integers(5 * 4, 22 * 4), st.integers(1, 16)).map(
    lambda q: Hours(_quarter(q[0]), _quarter(min(q[0] + q[1], 23 * 4)))
)
slots = st.lists(st.builds(WeeklySlot, st.integers(0, 6), stretches), max_size=10).map(tuple)
periods = st.builds(
    lambda first, length: Days(first, first + days(length)), near_a_change, st.integers(-1, 6)
)
schools = st.builds(
    SchoolHolidays, st.lists(periods, max_size=2).map(tuple), near_a_change | st.just(date.max)
)
people = st.builds(
    lambda weekly, away, hard, term: an_attendant(
        weekly=weekly, away=away, hard=hard, term_time_only=term
    ),
    slots,
    st.lists(periods, max_size=2).map(tuple),
    slots,
    st.booleans(),
)


def _quarter(number: int) -> time:
    return time(number // 4, number % 4 * 15)


def minutes_of(day: date, hours: Hours) -> list[datetime]:
    """Every minute that a meeting takes, as clocks in London show it."""
    meeting = Meeting(day, hours)
    span = (meeting.ends_at - meeting.starts_at) // MINUTE
    return [(meeting.starts_at + n * MINUTE).astimezone(LONDON) for n in range(span)]


def falls_into(minute: datetime, said: tuple[WeeklySlot, ...]) -> bool:
    """Whether a minute lies in one of the stretches of every week."""
    return any(
        each.weekday == minute.weekday() and each.hours.start <= minute.time() < each.hours.end
        for each in said
    )


def is_free(person: Attendant, minute: datetime, school: SchoolHolidays) -> bool:
    """Whether the person can be there for one minute, by all that they said."""
    day = minute.date()
    in_school = day <= school.known_until and all(
        not each.first <= day <= each.last for each in school.periods
    )
    return (
        (not person.weekly or falls_into(minute, person.weekly))
        and all(not each.first <= day <= each.last for each in person.away)
        and (in_school or not person.term_time_only)
    )


@given(people, near_a_change, stretches, schools)
@example(an_attendant(weekly=weekly(6, hours=MORNING)), CLOCKS_CHANGE[0], MORNING, HALF_TERM)
@example(an_attendant(weekly=weekly(6, hours=MORNING)), CLOCKS_CHANGE[1], MORNING, HALF_TERM)
def test_who_can_come_is_free_in_every_minute_of_it_as_clocks_show_it(
    person: Attendant, day: date, hours: Hours, school: SchoolHolidays
) -> None:
    taken = minutes_of(day, hours)

    assert can_come(person, day, hours, school) == all(is_free(person, m, school) for m in taken)
    assert is_hard(person, day, hours) == any(falls_into(m, person.hard) for m in taken)


@given(st.lists(people, min_size=1, max_size=5), near_a_change, stretches, schools)
def test_a_crowd_answers_for_each_of_its_people_as_they_would_themselves(
    crowd: list[Attendant], day: date, hours: Hours, school: SchoolHolidays
) -> None:
    asked = Crowd(crowd, str(ENGAGEMENT), terms(), EXCLUSIONS, school)

    free, hard = asked.free(day, hours), asked.hard(day, hours)

    assert [bool(free >> bit & 1) for bit in range(len(crowd))] == [
        can_come(person, day, hours, school) for person in crowd
    ]
    assert [bool(hard >> bit & 1) for bit in range(len(crowd))] == [
        is_hard(person, day, hours) for person in crowd
    ]


def test_a_school_holiday_keeps_only_those_away_who_said_so() -> None:
    parent, neighbour = an_attendant("ada", term_time_only=True), an_attendant("ben")
    crowd = Crowd([parent, neighbour], str(ENGAGEMENT), terms(), EXCLUSIONS, HALF_TERM)

    assert crowd.free(date(2027, 2, 12), MORNING) == 0b11
    assert crowd.free(date(2027, 2, 15), MORNING) == 0b10
    assert crowd.free(date(2027, 2, 22), MORNING) == 0b11


def test_nobody_is_counted_on_in_term_time_when_terms_are_not_published() -> None:
    parent = an_attendant("ada", term_time_only=True)

    assert can_come(parent, HALF_TERM.known_until, MORNING, HALF_TERM)
    assert not can_come(parent, HALF_TERM.known_until + days(1), MORNING, HALF_TERM)
    assert not can_come(parent, date(2027, 2, 1), MORNING)


def test_what_is_hard_is_possible_all_the_same() -> None:
    person = an_attendant(weekly=weekly(0, hours=MORNING), hard=weekly(0, hours=MORNING))
    monday = date(2027, 2, 1)

    assert can_come(person, monday, MORNING, HALF_TERM)
    assert is_hard(person, monday, MORNING)
    assert not is_hard(person, monday + days(1), MORNING)


def test_a_session_is_not_placed_into_the_school_holidays_of_its_hub() -> None:
    parents = [an_attendant(name, term_time_only=True) for name in ("ada", "ben")]
    window = Days(date(2027, 2, 15), date(2027, 2, 26))
    by = rules(school_holidays={HUB: HALF_TERM})

    found = place(a_wish(*parents, window=window), by, NOW)

    assert isinstance(found, Placed)
    assert found.meetings[0].day == date(2027, 2, 22)
