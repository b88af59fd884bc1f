"""A user of sign language on a panel: from two interpreters who are booked to nobody to be had."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid5

from services.scheduling.domain.calendar import Days
from services.scheduling.domain.resources.venues import Worker
from shared.contracts.participants import ParticipantUpdated
from shared.contracts.sessions import (
    InvitationChanged,
    InvitationIssued,
    ReplyDeclined,
    SessionAnnounced,
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionRescheduled,
    SessionState,
    SessionSupportChanged,
    SessionUnscheduled,
    SessionUpdated,
)
from tests.builders.scheduling import (
    BSL,
    BSL_USER,
    ENGAGEMENT,
    NOW,
    a_hub,
    a_worker,
    approved,
    asked_of,
    closed,
    days,
    engagement,
    participant,
    reply,
    rules,
)
from tests.fakes.scheduling import Stage

INTERPRETERS = tuple(a_worker(f"bsl-{n}", BSL) for n in (1, 2, 3))
ONE_SESSION = {"count": 1, "minutes": 90, "every_days": 7}


async def matched(workers: Sequence[Worker] = INTERPRETERS, **terms: Any) -> Stage:
    """A panel of three is approved, and Ada uses sign language."""
    stage = Stage(rules(hub=a_hub(workers=workers)), NOW)
    others = (participant(name) for name in ("ben", "cy", "dee"))
    await stage.hear(participant("ada", needs=[BSL_USER]), *others)
    await stage.hear(engagement(**{"sessions": ONE_SESSION, **terms}))
    await stage.hear(approved("ada", "ben", "cy", reserves=["dee"]))
    return stage


def newest(stage: Stage) -> SessionState:
    """What was said of the session last."""
    said = [e.data for e in stage.store.events if isinstance(e.data, SessionState)]
    return said[-1]


def booked(stage: Stage) -> list[str]:
    """Who works at the session, by id."""
    return [each.resource_id for each in newest(stage).support]


async def booked_days(stage: Stage) -> dict[str, int]:
    """How many bookings each room and worker has."""
    found = await stage.diary.booked_days.within(Days(NOW.date(), NOW.date() + days(365)))
    counts: dict[str, int] = {}
    for day in found:
        resource = day.id.rsplit(":", 1)[0]
        counts[resource] = counts.get(resource, 0) + len(day.bookings)
    return {key: count for key, count in counts.items() if count}


async def test_two_interpreters_are_booked_four_weeks_ahead() -> None:
    stage = await matched()

    [announced] = stage.heard(SessionAnnounced)
    assert booked(stage) == ["bsl-1", "bsl-2"]
    assert {each.skill for each in announced.data.support} == {BSL}
    assert announced.data.starts_at.date() >= NOW.date() + days(28)
    assert await booked_days(stage) == {"hall": 1, "bsl-1": 1, "bsl-2": 1}


async def test_one_interpreter_is_enough_for_an_hour() -> None:
    stage = await matched(sessions={**ONE_SESSION, "minutes": 60})

    assert len(booked(stage)) == 1


async def test_a_session_that_moves_takes_its_interpreters_along() -> None:
    stage = await matched()
    before = newest(stage)

    await stage.hear(asked_of(SessionMoveRequested, before))

    [moved] = stage.heard(SessionRescheduled)
    assert moved.data.starts_at != before.starts_at
    assert booked(stage) == ["bsl-1", "bsl-2"]
    assert await booked_days(stage) == {"hall": 1, "bsl-1": 1, "bsl-2": 1}
    assert len(stage.heard(InvitationChanged)) == 3


async def test_who_cannot_come_is_replaced_and_the_session_stays() -> None:
    stage = await matched()
    before = newest(stage)

    await stage.hear(asked_of(SessionSupportChanged, before, resource_id="bsl-1"))

    assert booked(stage) == ["bsl-2", "bsl-3"]
    assert newest(stage).starts_at == before.starts_at
    assert newest(stage).unmet == ()


async def test_when_nobody_else_can_come_staff_are_told_what_is_missing_and_nothing_moves() -> None:
    stage = await matched(INTERPRETERS[:2])
    before = newest(stage)

    await stage.hear(asked_of(SessionSupportChanged, before, resource_id="bsl-1"))

    said = stage.heard(SessionUpdated)[-1].data
    assert said.unmet == (BSL,)
    [reason] = said.reasons
    assert reason.startswith(f"1 {BSL} is still to be found for this time: book elsewhere")
    assert said.starts_at == before.starts_at
    assert booked(stage) == ["bsl-2"]


async def test_who_can_come_again_is_booked_again() -> None:
    stage = await matched(INTERPRETERS[:2])
    before = newest(stage)
    await stage.hear(asked_of(SessionSupportChanged, before, resource_id="bsl-1"))

    can_again = {"resource_id": "bsl-1", "cannot_come": False}
    await stage.hear(asked_of(SessionSupportChanged, before, at=2, **can_again))
    await stage.hear(asked_of(SessionSupportChanged, before, resource_id="bsl-1"))

    assert booked(stage) == ["bsl-1", "bsl-2"]
    assert newest(stage).unmet == ()


async def test_without_interpreters_nothing_is_announced_and_nobody_is_invited() -> None:
    stage = await matched(INTERPRETERS[:1])

    [told] = stage.heard(SessionUnscheduled)
    assert told.data.unmet == (BSL,)
    assert f"2 {BSL}" in told.data.reasons[-1]
    assert stage.heard(InvitationIssued) == []


async def test_what_a_named_member_of_staff_accepts_in_writing_is_announced_and_says_so() -> None:
    stage = await matched(INTERPRETERS[:1])
    undated = newest(stage)

    await stage.hear(asked_of(SessionNeedsAccepted, undated, needs=[BSL], by="grace"))

    [announced] = stage.heard(SessionAnnounced)
    assert [(each.need, each.by) for each in announced.data.waived] == [(BSL, "grace")]
    assert announced.data.unmet == ()
    assert [each.resource_id for each in announced.data.support] == ["bsl-1"]
    assert len(stage.heard(InvitationIssued)) == 3


async def test_interpreters_are_released_with_the_one_who_needed_them() -> None:
    stage = await matched()

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert booked(stage) == []
    assert await booked_days(stage) == {"hall": 1}


async def test_a_need_that_is_told_later_is_booked_at_once() -> None:
    stage = await matched()
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(participant("ben", ParticipantUpdated, at=2, needs=[BSL_USER]))

    assert booked(stage) == ["bsl-1", "bsl-2"]


async def test_an_engagement_that_is_called_off_frees_the_room_and_everybody() -> None:
    stage = await matched()

    await stage.hear(closed())

    assert await booked_days(stage) == {}


async def test_an_engagement_that_waits_gets_the_interpreters_that_another_gives_back() -> None:
    one_day = {"from": "2027-02-08", "to": "2027-02-08"}
    long = {**ONE_SESSION, "minutes": 240}
    stage = await matched(INTERPRETERS[:2], window=one_day, sessions=long)
    other = uuid5(ENGAGEMENT, "other")
    await stage.hear(participant("eve", needs=[BSL_USER]), participant("fay"))
    await stage.hear(engagement(engagement_id=other, window=one_day, sessions=long))
    await stage.hear(approved("eve", "fay", engagement_id=other, match_id=uuid5(other, "match")))
    assert len(stage.heard(SessionUnscheduled)) == 1

    await stage.hear(closed())

    assert [each.data.engagement_id for each in stage.heard(SessionAnnounced)][1:] == [other]
