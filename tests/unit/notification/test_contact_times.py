"""When a person may be written to."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import ContactPreference, ContactTime, QuietHours, next_moment
from services.notification.domain.contact_times import DAYS, NO_PREFERENCE

QUIET = QuietHours(time(20), time(8))
ZONES = ("Europe/London", "Asia/Karachi", "America/Los_Angeles", "Pacific/Apia")
MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
"""Both changes of the clock are among them."""
TIMES = st.lists(
    st.builds(
        ContactTime,
        st.sampled_from(DAYS),
        st.just(time(9)),
        st.sampled_from([time(10), time(12, 30), time(23, 59)]),
    ),
    max_size=3,
)


def at(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def preferring(*times: tuple[str, int, int], zone: str = "Europe/London") -> ContactPreference:
    wanted = (ContactTime(day, time(start), time(end)) for day, start, end in times)
    return ContactPreference(tuple(wanted), zone)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-26T09:00", "2026-11-26T09:00"),
        ("2026-11-26T19:58", "2026-11-26T19:58"),
        ("2026-11-26T19:59:30", "2026-11-27T08:00"),
        ("2026-11-26T20:00", "2026-11-27T08:00"),
        ("2026-11-27T03:00", "2026-11-27T08:00"),
        ("2026-03-29T00:30", "2026-03-29T08:00"),
    ],
)
def test_nobody_is_written_to_in_quiet_hours(now: str, moment: str) -> None:
    assert next_moment(at(now), NO_PREFERENCE, QUIET, None) == at(moment)


@pytest.mark.parametrize("zone", ["Europe/London", "Antarctica/Troll"])
def test_where_clocks_go_back_quiet_hours_end_the_second_time(zone: str) -> None:
    quiet = QuietHours(time(22), time(1, 30))
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)

    moment = next_moment(second, ContactPreference(time_zone=zone), quiet, None)

    assert moment >= second
    assert not quiet.cover(moment.astimezone(ZoneInfo(zone)).time())


def test_it_is_quiet_by_the_clock_where_the_person_is() -> None:
    away = ContactPreference(time_zone="Asia/Karachi")

    moment = next_moment(at("2026-11-26T16:00"), away, QUIET, None)

    assert moment == at("2026-11-27T08:00", "Asia/Karachi")


def test_a_person_hears_at_the_times_they_asked_for() -> None:
    tuesdays = preferring(("tue", 10, 12))

    assert next_moment(at("2026-11-26T09:00"), tuesdays, QUIET, None) == at("2026-12-01T10:00")
    assert next_moment(at("2026-12-01T11:00"), tuesdays, QUIET, None) == at("2026-12-01T11:00")


def test_what_would_come_too_late_at_their_times_comes_out_of_quiet_hours() -> None:
    tuesdays = preferring(("tue", 10, 12))

    moment = next_moment(at("2026-11-26T21:00"), tuesdays, QUIET, at("2026-11-30T17:00"))

    assert moment == at("2026-11-27T08:00")


def test_times_that_are_always_quiet_are_no_times() -> None:
    at_night = preferring(("tue", 2, 4))

    assert next_moment(at("2026-11-26T09:00"), at_night, QUIET, None) == at("2026-11-26T09:00")


@given(
    MOMENTS,
    TIMES,
    st.sampled_from(ZONES),
    st.none() | st.builds(QuietHours, st.times(), st.times()),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=20)),
)
def test_the_moment_is_never_quiet_never_past_and_soon(
    now: datetime,
    times: list[ContactTime],
    zone: str,
    quiet: QuietHours | None,
    left: timedelta | None,
) -> None:
    preference = ContactPreference(tuple(times), zone)

    moment = next_moment(now, preference, quiet, now + left if left else None)

    assert now <= moment <= now + timedelta(days=10)
    local = moment.astimezone(ZoneInfo(zone))
    assert quiet is None or quiet.start == quiet.end or not quiet.cover(local.time())
