"""Sessions stand under what they need, and on the day on which they are in London."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.console.ports import Knowledge
from services.console.queries.board import WEEK, Board, Need, board_of, month_in
from services.console.queries.months import Period, UnknownPeriodError, month_of
from shared.contracts.sessions import SessionAnnounced, SessionCancelled, SessionUnscheduled
from tests.builders.console import BEFORE_THE_SAMPLES_END as NOW
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

HOUR = timedelta(hours=1)
HUBS = ("west-london",)


def a_session(
    at: datetime, event: Any = SessionAnnounced, hub: str = "west-london", **data: Any
) -> Any:
    times = {"starts_at": at.isoformat(), "ends_at": (at + HOUR).isoformat()}
    return an_event(event, hub=hub, data={"session_id": uuid4(), **times, **data})


async def board(known: Knowledge, *, noted: bool = False) -> Board:
    return await board_of(known, HUBS, NOW, back=timedelta(days=30), is_to_note=lambda _: not noted)


async def column_of(session: Any, *, noted: bool = False) -> Need | None:
    console = ConsoleInMemory()
    await console.hear(session)
    shown = await board(console.stored.known, noted=noted)
    [found] = [need for need, sessions in shown.columns.items() if sessions] or [None]
    return found


@pytest.mark.parametrize(
    ("ahead", "data", "need"),
    [
        (10 * WEEK, {"at_risk": True, "missing": 1, "unmet": ["hearing loop"]}, Need.AT_RISK),
        (HOUR, {"missing": 1, "unmet": ["hearing loop"]}, Need.PEOPLE),
        (HOUR, {"unmet": ["hearing loop"]}, Need.SUPPORT),
        (HOUR, {}, Need.SOON),
        (WEEK + HOUR, {}, Need.NOTHING),
        (-HOUR / 2, {}, Need.SOON),
        (-2 * HOUR, {"at_risk": True, "missing": 1}, Need.ATTENDANCE),
    ],
)
async def test_a_session_stands_once_under_the_first_thing_it_needs(
    ahead: timedelta, data: dict[str, Any], need: Need
) -> None:
    assert await column_of(a_session(NOW + ahead, **data)) is need


async def test_a_session_without_a_time_needs_one_first() -> None:
    stuck = an_event(SessionUnscheduled, data={"session_id": uuid4(), "missing": 3})

    assert await column_of(stuck) is Need.PLACE


async def test_what_is_over_and_noted_and_what_is_called_off_needs_nothing_any_more() -> None:
    over, off = a_session(NOW - 2 * HOUR), a_session(NOW + HOUR, SessionCancelled)

    assert await column_of(over, noted=True) is None
    assert await column_of(off, noted=False) is None


async def test_the_board_and_the_calendar_show_the_visitors_hubs_alone() -> None:
    console = ConsoleInMemory()
    await console.hear(a_session(NOW + HOUR, hub="lambeth"))

    shown = await board(console.stored.known)
    month = await month_in(date(2026, 11, 1), console.stored.known, HUBS)

    assert not any(shown.columns.values())
    assert not any(day.sessions for week in month.weeks for day in week)


async def test_a_session_is_on_its_day_and_in_its_month_in_london() -> None:
    console = ConsoleInMemory()
    late = a_session(datetime.fromisoformat("2027-03-31T23:30:00+00:00"))
    await console.hear(late)

    march, april = [
        await month_in(date(2027, number, 1), console.stored.known, HUBS) for number in (3, 4)
    ]

    assert not any(day.sessions for week in march.weeks for day in week)
    assert [d.date for week in april.weeks for d in week if d.sessions] == [date(2027, 4, 1)]


async def test_a_month_is_whole_weeks_from_monday_to_sunday() -> None:
    month = await month_in(date(2026, 11, 1), ConsoleInMemory().stored.known, HUBS)

    assert {len(week) for week in month.weeks} == {7}
    assert {day.date.weekday() for week in month.weeks for day in week[:1]} == {0}
    assert sum(not day.is_other for week in month.weeks for day in week) == 30
    assert (month.before, month.after) == (date(2026, 10, 1), date(2026, 12, 1))


def test_a_question_is_about_no_more_months_than_can_be_shown() -> None:
    asked = Period.of("2000-01", "2026-11", NOW)

    with pytest.raises(UnknownPeriodError):
        _ = asked.months


def test_this_month_is_that_of_london() -> None:
    just_before = datetime.fromisoformat("2027-03-31T23:30:00+00:00")

    assert month_of("", just_before) == date(2027, 4, 1)
