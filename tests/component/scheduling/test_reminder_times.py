"""People are reminded when they want to be: by day, once, and of what still lies ahead."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.calendar import LONDON
from services.scheduling.domain.invitations.invitation import Invitation, InvitedSession
from services.scheduling.domain.invitations.reminders import NEEDS_REMINDERS, ReminderTime
from services.scheduling.use_cases.asking import timers
from shared.changes import Changes
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.participants import ParticipantUpdated
from shared.contracts.sessions import InvitationReminderDue, ReplyAccepted
from shared.facts import Facts
from tests.builders.scheduling import (
    NOW,
    a_venue,
    an_attendant,
    an_invitation,
    approved,
    days,
    engagement,
    participant,
    reply,
    rules,
)
from tests.fakes.scheduling import Stage

FAR = {"from": "2027-03-01", "to": "2027-04-30"}
CLOCKS_CHANGE = [datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)]

by_day = st.integers(8 * 60, 20 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
choices = st.none() | st.lists(
    st.builds(ReminderTime, st.integers(0, 28), by_day), max_size=5, unique=True
).map(tuple)
starts = st.builds(
    lambda change, off: change + timedelta(minutes=15 * off),
    st.sampled_from(CLOCKS_CHANGE),
    st.integers(-4 * 24 * 4, 12 * 24 * 4),
)
gaps = st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=9)), min_size=1, max_size=25)


def chosen(*times: tuple[int, str]) -> list[dict[str, object]]:
    """What intake says of when a person wants to be reminded."""
    return [{"days_before": before, "at": at} for before, at in times]


async def reminded(stage: Stage) -> list[tuple[int, str]]:
    """How many days before the session, and at which wall time, each reminder came."""
    found = []
    for event in stage.heard(InvitationReminderDue):
        [starts_at] = [
            each.starts_at
            for each in event.data.sessions
            if each.session_id == event.data.due_session_id
        ]
        local = event.time.astimezone(LONDON)
        before = (starts_at.astimezone(LONDON).date() - local.date()).days
        found.append((before, f"{local:%H:%M}"))
    return found


async def accepted(stage: Stage, *, needs: tuple[str, ...] = (), **person: object) -> None:
    """Ada, who said so much of herself, comes to two sessions."""
    await stage.hear(participant("ada", ParticipantUpdated, at=2, needs=needs, **person))
    await stage.hear(engagement(EngagementUpdated, at=2, window=FAR), approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))


async def test_a_person_is_reminded_at_the_times_of_their_own(stage: Stage) -> None:
    await accepted(stage, reminders=chosen((3, "18:30"), (0, "08:15")))

    await stage.wait(days(120))

    assert await reminded(stage) == [(3, "18:30"), (0, "08:15")] * 2


async def test_who_wants_no_reminders_gets_none(stage: Stage) -> None:
    await accepted(stage, reminders=[])

    await stage.wait(days(120))

    assert await reminded(stage) == []
    assert stage.store.due == {}


async def test_who_needs_reminders_and_did_not_say_when_is_reminded_that_morning_too(
    stage: Stage,
) -> None:
    await accepted(stage, needs=(NEEDS_REMINDERS,))

    await stage.wait(days(120))

    assert await reminded(stage) == [(7, "10:00"), (1, "10:00"), (0, "08:00")] * 2


async def test_new_times_hold_for_what_is_still_ahead_and_nothing_is_given_twice(
    stage: Stage,
) -> None:
    await accepted(stage)
    first = stage.invited("ada").sessions[0].starts_at
    await stage.wait(first - days(4) - stage.now)
    assert await reminded(stage) == [(7, "10:00")]
    stage.forget_events()

    times = chosen((7, "10:00"), (2, "09:00"))
    await stage.hear(participant("ada", ParticipantUpdated, at=3, reminders=times))
    await stage.wait(days(120))

    assert await reminded(stage) == [(2, "09:00"), (7, "10:00"), (2, "09:00")]


async def test_who_says_yes_after_new_times_is_reminded_at_those(stage: Stage) -> None:
    await stage.hear(engagement(EngagementUpdated, at=2, window=FAR), approved("ada", "ben"))
    times = chosen((2, "12:00"))
    await stage.hear(participant("ada", ParticipantUpdated, at=2, reminders=times))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))

    await stage.wait(days(120))

    assert await reminded(stage) == [(2, "12:00")] * 2


async def test_a_time_after_the_session_has_begun_is_no_reminder(stage: Stage) -> None:
    await accepted(stage, reminders=chosen((0, "19:59")))

    assert stage.invited("ada").sessions[0].starts_at.hour < 19
    await stage.wait(days(120))

    assert await reminded(stage) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(starts, min_size=1, max_size=2), choices, choices, gaps, st.integers(0, 24))
def test_whenever_the_process_was_down_reminders_come_once_by_day_and_in_time(
    sessions: list[datetime],
    times: tuple[ReminderTime, ...] | None,
    other_times: tuple[ReminderTime, ...] | None,
    gaps: list[timedelta],
    changed_after: int,
) -> None:
    stage = asyncio.run(_lived(sessions, times, other_times, gaps, changed_after))

    given_at = Counter((e.time, e.data.due_session_id) for e in stage.heard(InvitationReminderDue))
    assert all(count == 1 for count in given_at.values())
    marks = [mark for each in _invitations(stage) for mark in each.reminded]
    assert len(marks) == len(set(marks)) == given_at.total()
    for at, session_id in given_at:
        [starts_at] = [
            each.starts_at
            for invitation in _invitations(stage)
            for each in invitation.sessions
            if each.session_id == str(session_id)
        ]
        assert time(8) <= at.astimezone(LONDON).time() < time(20)
        assert at < starts_at


@settings(max_examples=60, deadline=None)
@given(starts, choices)
def test_a_process_that_never_was_down_gives_each_reminder_at_its_minute(
    starts_at: datetime, times: tuple[ReminderTime, ...] | None
) -> None:
    async def lived() -> Stage:
        stage = await _begun([starts_at], times)
        await stage.wait(days(330))
        return stage

    stage = asyncio.run(lived())

    day = starts_at.astimezone(LONDON).date()
    usual = (ReminderTime(7, time(10)), ReminderTime(1, time(10)))
    wanted = {
        datetime.combine(day - timedelta(days=each.days_before), each.at, LONDON)
        for each in (usual if times is None else times)
    }
    told = [each.time for each in stage.heard(InvitationReminderDue)]
    assert told == sorted(at.astimezone(UTC) for at in wanted if at < starts_at)


async def _begun(sessions: list[datetime], times: tuple[ReminderTime, ...] | None) -> Stage:
    stage = Stage(rules(), NOW)
    invited = [
        InvitedSession(f"0000000{n}-0000-4000-8000-000000000000", 0, at, at + days(1), a_venue())
        for n, at in enumerate(sessions)
    ]
    person = an_attendant(reminders=times)
    invitation = an_invitation(*invited, reminder_times=person.reminder_times)
    due = timers(None, invitation, Facts("scheduling", now=lambda: NOW))
    kept = (stage.diary.attendants.keep(person), stage.diary.invitations.keep(invitation))
    stage.store.commit(Changes((*kept, *due)))
    return stage


async def _lived(
    sessions: list[datetime],
    times: tuple[ReminderTime, ...] | None,
    other_times: tuple[ReminderTime, ...] | None,
    gaps: list[timedelta],
    changed_after: int,
) -> Stage:
    """The process is up at some moments only; at one of them the person chooses other times."""
    stage = await _begun(sessions, times)
    stage.now = min(sessions) - days(30)
    said = (
        None if other_times is None else chosen(*((t.days_before, f"{t.at}") for t in other_times))
    )
    for number, gap in enumerate(gaps):
        stage.now += gap
        if number == changed_after:
            await stage.hear(participant("ada", ParticipantUpdated, at=2, reminders=said))
        await stage.settle()
        await stage.settle()
    return stage


def _invitations(stage: Stage) -> list[Invitation]:
    found = stage.diary.invitations
    return list(found.entities.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("hour", [9, 19])
async def test_after_an_outage_only_the_newest_that_is_of_use_is_given(hour: int) -> None:
    starts_at = NOW + days(30)
    times = tuple(ReminderTime(before, time(9)) for before in (7, 5, 3, 2))
    stage = await _begun([starts_at], times)

    stage.now = (starts_at - days(2)).replace(hour=hour)
    await stage.settle()

    [only] = stage.heard(InvitationReminderDue)
    assert only.time == stage.now
    [invitation] = _invitations(stage)
    assert [mark.rpartition(":")[2] for mark in invitation.reminded] == ["2d0900"]
