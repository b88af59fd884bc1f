"""The calendars of rooms and staff: read again and again, and what follows when they change."""

from datetime import datetime, timedelta

from structlog.testing import capture_logs

from services.scheduling.domain.calendar import Period
from services.scheduling.domain.resources.busy import CalendarEntry, is_busy
from services.scheduling.ports import Reading
from services.scheduling.use_cases.asking import CALENDAR_READS, PLANS
from services.scheduling.use_cases.reading_calendars import ask_for_readings, read_calendar
from shared.changes import Changes, Due
from shared.facts import Facts
from tests.builders.scheduling import (
    ENGAGEMENT,
    NOW,
    a_venue,
    approved,
    days,
    engagement,
    participant,
    rules,
)
from tests.fakes.scheduling import READ_EVERY, Stage

HALL = a_venue().id


def reading(*periods: Period, tag: str = "", uid: str = "choir") -> Reading:
    return Reading(tuple(CalendarEntry(uid, each) for each in periods), tag)


def hours(start: datetime, count: float = 2) -> Period:
    return Period(start, start + timedelta(hours=count))


async def ask(stage: Stage) -> None:
    facts = Facts("scheduling", now=lambda: stage.now)
    changes = await ask_for_readings(stage.calendars, stage.diary, facts, every=READ_EVERY)
    stage.store.commit(changes)


async def read(stage: Stage) -> Changes:
    facts = Facts("scheduling", now=lambda: stage.now)
    return await read_calendar(HALL, stage.calendars, stage.diary, facts, every=READ_EVERY)


async def read_and_keep(stage: Stage) -> None:
    stage.store.commit(await read(stage))


def settled(changes: Changes) -> list[str]:
    return [
        each.id for each in changes.writes if isinstance(each, Due) and each.collection == PLANS
    ]


async def test_a_calendar_is_read_every_quarter_of_an_hour(stage: Stage) -> None:
    stage.calendars.said[HALL] = reading(hours(stage.now + days(1)))
    await ask(stage)

    await stage.wait(timedelta(minutes=31))

    calendar = await stage.diary.calendars.get(HALL)
    assert calendar is not None
    assert (calendar.busy, calendar.version) == ((hours(calendar.busy[0].starts_at),), 3)
    assert stage.store.due[CALENDAR_READS, HALL].at > stage.now


async def test_a_session_in_the_way_of_a_room_is_looked_at_again_another_is_not(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", "ben"))
    [session, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert session.starts_at is not None
    stage.calendars.said[HALL] = reading(hours(session.starts_at - timedelta(hours=3)))
    beside = await read(stage)
    stage.calendars.said[HALL] = reading(hours(session.starts_at))

    in_the_way = await read(stage)

    assert (settled(beside), settled(in_the_way)) == ([], [str(ENGAGEMENT)])


async def test_an_engagement_without_a_time_is_looked_at_again_when_a_room_is_free() -> None:
    stage = Stage(rules(a_venue(capacity=1)), NOW)
    await stage.hear(participant("ada"), participant("ben"), engagement(), approved("ada", "ben"))
    stage.calendars.said[HALL] = reading(hours(stage.now + days(30)))
    await read_and_keep(stage)
    stage.calendars.said[HALL] = reading()

    free_again = await read(stage)

    assert settled(free_again) == [str(ENGAGEMENT)]


async def test_nothing_is_put_into_a_room_while_its_own_calendar_has_it() -> None:
    plain, stage = Stage(rules(), NOW), Stage(rules(), NOW)
    heard = participant("ada"), participant("ben"), engagement(), approved("ada", "ben")
    await plain.hear(*heard)
    [first, *_] = await plain.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert first.starts_at is not None
    taken = hours(first.starts_at)
    stage.calendars.said[HALL] = reading(taken)
    await read_and_keep(stage)

    await stage.hear(*heard)

    sessions = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert [each.announced for each in sessions] == [True, True]
    for each in sessions:
        assert each.starts_at is not None
        assert each.ends_at is not None
        assert not is_busy([taken], each.starts_at, each.ends_at)


async def test_staff_hear_that_a_room_is_taken_from_an_announced_session(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    [session, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert session.starts_at is not None
    stage.calendars.said[HALL] = reading(hours(session.starts_at))
    await ask(stage)

    await stage.settle()

    [after, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert after.reasons == ("Hall cannot be had at that time any more",)
    assert after.starts_at == session.starts_at


async def test_what_did_not_change_has_nothing_settled(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    [session, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert session.starts_at is not None
    stage.calendars.said[HALL] = reading(hours(session.starts_at), tag='"one"')
    await read_and_keep(stage)

    again = await read(stage)

    assert settled(again) == []


async def test_our_own_session_in_a_rooms_calendar_keeps_the_room_from_nobody(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada"))
    [session, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert session.starts_at is not None
    stage.calendars.said[HALL] = reading(hours(session.starts_at), uid=session.id)

    await read_and_keep(stage)

    calendar = await stage.diary.calendars.get(HALL)
    assert calendar is not None
    assert calendar.busy == ()


async def test_a_calendar_that_cannot_be_read_stands_and_is_told_of_once(stage: Stage) -> None:
    stage.calendars.said[HALL] = reading(hours(stage.now + days(1)))
    await read_and_keep(stage)
    began = stage.now
    stage.calendars.said[HALL] = "HTTP 503"

    with capture_logs() as lines:
        for _ in range(2):
            stage.now += READ_EVERY
            await read_and_keep(stage)

    calendar = await stage.diary.calendars.get(HALL)
    assert calendar is not None
    assert (len(calendar.busy), calendar.read_at, calendar.fault) == (1, began, "HTTP 503")
    assert [line["event"] for line in lines] == ["calendar_not_read"]
    assert stage.store.due[CALENDAR_READS, HALL].at == stage.now + READ_EVERY


async def test_a_calendar_that_is_not_ours_to_read_any_more_is_forgotten(stage: Stage) -> None:
    stage.calendars.said[HALL] = reading(hours(stage.now + days(1)))
    await read_and_keep(stage)
    del stage.calendars.said[HALL]
    stage.store.due.clear()
    await ask(stage)

    await stage.wait(timedelta(hours=1))

    assert await stage.diary.calendars.everything() == []
    assert stage.store.due == {}


async def test_a_calendar_whose_turn_was_lost_is_asked_for_again(stage: Stage) -> None:
    stage.calendars.said[HALL] = reading()
    await read_and_keep(stage)
    stage.store.due.clear()
    await ask(stage)
    soon = dict(stage.store.due)

    stage.now += 5 * READ_EVERY
    await ask(stage)

    assert (soon, list(stage.store.due)) == ({}, [(CALENDAR_READS, HALL)])
