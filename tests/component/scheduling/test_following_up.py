"""Silence is followed up, each step once, before the place goes to somebody else."""

from datetime import date, timedelta

from services.scheduling.use_cases.asking import FOLLOW_UPS
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import (
    FollowUpStep,
    InvitationExpired,
    InvitationFollowUpDue,
    ReplyAccepted,
    ReplyAnotherTime,
)
from tests.builders.scheduling import approved, days, engagement, reply
from tests.fakes.scheduling import Stage, names

LATER = {"from": date(2027, 3, 1), "to": date(2027, 4, 30)}


async def test_who_does_not_answer_is_reached_another_way_then_rung_then_replaced(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    asked = stage.invited("ada")

    await stage.wait(asked.answer_by - stage.now)

    said = [each for each in stage.store.events if str(asked.invitation_id) == each.subject]
    assert [each.TYPE.split(".")[2] for each in said] == [
        "issued",
        "follow_up_due",
        "follow_up_due",
        "expired",
    ]
    steps = [each.data.step for each in said if isinstance(each, InvitationFollowUpDue)]
    assert steps == [FollowUpStep.SECOND_CHANNEL, FollowUpStep.CALL]
    assert [each.sequence for each in said] == [1, 2, 3, 4]


async def test_who_has_answered_is_left_alone(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ben")))

    await stage.wait(stage.invited("cy").answer_by - stage.now)

    assert names(stage.heard(InvitationFollowUpDue)) == {"cy"}


async def test_what_an_outage_held_up_is_done_in_the_morning_or_dropped(stage: Stage) -> None:
    await stage.hear(engagement(EngagementUpdated, at=2, window=LATER), approved("ada"))
    call = max(row.at for row in stage.store.due.values() if row.collection == FOLLOW_UPS)
    stage.now = (call + days(1)).replace(hour=2)
    assert stage.now < stage.invited("ada").answer_by

    await stage.settle()
    assert stage.heard(InvitationFollowUpDue) == []
    await stage.wait(timedelta(hours=12))

    [done] = stage.heard(InvitationFollowUpDue)
    assert (done.data.step, done.time.hour) == (FollowUpStep.CALL, 8)


async def test_a_deadline_that_moves_takes_them_along(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    before = dict(stage.store.due)
    await stage.hear(engagement(EngagementUpdated, at=2, window=LATER))

    due = {row.at for row in stage.store.due.values() if row.collection == FOLLOW_UPS}
    assert due
    assert max(due) < stage.invited("ada").answer_by
    assert due != {row.at for row in before.values() if row.collection == FOLLOW_UPS}


async def test_done_twice_at_once_it_is_said_once(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    rows = [row for row in stage.store.due.values() if row.collection == FOLLOW_UPS]
    await stage.wait(min(row.at for row in rows) - stage.now)
    for row in rows:
        stage.store.due[row.collection, row.id] = row

    await stage.settle()

    assert len(stage.heard(InvitationFollowUpDue)) == 1
    assert stage.heard(InvitationExpired) == []
