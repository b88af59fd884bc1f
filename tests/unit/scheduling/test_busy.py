"""When a calendar has somebody."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.calendar import Period
from services.scheduling.domain.resources.busy import ResourceCalendar, is_busy, joined, newly_busy

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def at(hour: int) -> datetime:
    return NOON + timedelta(hours=hour)


def period(start: int, end: int) -> Period:
    return Period(at(start), at(end))


HOURS = st.integers(0, 30)
PERIODS = st.lists(st.builds(period, HOURS, HOURS), max_size=12)


@given(PERIODS, HOURS, st.integers(1, 5))
def test_joining_periods_changes_nothing_of_when_somebody_is_busy(
    periods: list[Period], start: int, length: int
) -> None:
    lasting = [each for each in periods if each.starts_at < each.ends_at]
    found = joined(periods)

    assert is_busy(found, at(start), at(start + length)) == is_busy(
        lasting, at(start), at(start + length)
    )
    assert all(a.ends_at < b.starts_at for a, b in pairwise(found))


def test_a_time_that_only_touches_a_period_is_free() -> None:
    busy = [period(1, 2)]

    assert not is_busy(busy, at(0), at(1))
    assert not is_busy(busy, at(2), at(3))
    assert is_busy(busy, at(1), at(3))


def test_only_what_was_not_there_before_is_news() -> None:
    before, after = joined([period(1, 2), period(5, 6)]), joined([period(1, 2), period(5, 7)])

    assert newly_busy(before, after) == [period(5, 7)]
    assert newly_busy(after, ()) == []


def test_a_calendar_that_did_not_change_is_read_anew_after_a_day() -> None:
    calendar = ResourceCalendar("hall").read([period(1, 2)], '"a"', NOON)
    heard = calendar.unchanged(at(23))

    assert heard.known_tag(at(23)) == '"a"'
    assert heard.known_tag(at(24)) == ""
    assert ResourceCalendar("hall").known_tag(NOON) == ""


def test_what_cannot_be_read_stands_as_it_was() -> None:
    calendar = ResourceCalendar("hall").read([period(1, 2)], '"a"', NOON)

    silent = calendar.unreadable("no answer", at(3))

    assert (silent.busy, silent.read_at, silent.fault) == (calendar.busy, NOON, "no answer")
    assert silent.unchanged(at(4)).fault == ""
