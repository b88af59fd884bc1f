"""Engagements that compete in one hub: none stops another, and what comes free is offered on."""

from typing import Any
from uuid import uuid5

from services.scheduling.domain.calendar import Hours
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import (
    InvitationChanged,
    InvitationIssued,
    ReplyAnotherTime,
    SessionAnnounced,
    SessionCancelRequested,
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionRescheduled,
    SessionState,
    SessionSupportChanged,
    SessionUnscheduled,
)
from tests.builders.scheduling import (
    BSL,
    BSL_USER,
    ENGAGEMENT,
    MORNING,
    NOW,
    WHEELCHAIR,
    a_hub,
    a_venue,
    a_worker,
    approved,
    asked_of,
    days,
    engagement,
    erased,
    participant,
    person_id,
    reply,
    rules,
)
from tests.fakes.scheduling import PEOPLE, Stage, names

OTHER = uuid5(ENGAGEMENT, "other")
ONE = {"count": 1, "minutes": 60, "every_days": 7}
MONDAY = {"from": "2027-02-08", "to": "2027-02-08"}
TUESDAYS = {"weekly": [{"day": "tue", "from": "09:00", "to": "12:00"}]}


def of_other(*panel: str, **more: Any) -> Any:
    """A panel of the other engagement is approved."""
    return approved(*panel, engagement_id=OTHER, match_id=uuid5(OTHER, "match"), **more)


def a_stage(hub: Any = None) -> Stage:
    return Stage(rules(hub=hub or a_hub()), NOW)


def said(stage: Stage) -> list[SessionState]:
    return [each.data for each in stage.store.events if isinstance(each.data, SessionState)]


async def test_one_that_cannot_be_placed_does_not_keep_another_from_it_that_shares_people() -> None:
    stage = a_stage(a_hub(a_venue(access=())))
    await stage.hear(participant("ada", needs=[WHEELCHAIR]), participant("dee"), participant("eve"))
    await stage.hear(engagement(sessions=ONE), engagement(engagement_id=OTHER, sessions=ONE))

    await stage.hear(approved("ada", "dee"), of_other("dee", "eve"))

    assert [each.data.engagement_id for each in stage.heard(SessionAnnounced)] == [OTHER]
    assert len(stage.heard(SessionUnscheduled)) == 1


async def test_what_one_plan_gives_to_another_is_not_taken_by_a_reserve_of_the_first() -> None:
    hub = a_hub(
        a_venue("One"), a_venue("Two"), hours={0: (MORNING,)}, workers=[a_worker("bsl-1", BSL)]
    )
    stage = a_stage(hub)
    reserves = [participant(name) for name in ("r1", "r2", "r3", "ada", "eve")]
    await stage.hear(*reserves, participant("ben", availability=TUESDAYS))
    await stage.hear(*(participant(name, needs=[BSL_USER]) for name in ("cy", "dee")))
    whole = {"count": 1, "minutes": 180, "every_days": 7}
    await stage.hear(
        *(engagement(engagement_id=e, window=MONDAY, sessions=whole) for e in (ENGAGEMENT, OTHER))
    )

    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(of_other("dee", "eve", reserves=["r1", "r2", "r3"]))

    booked = [worker.resource_id for each in said(stage)[-2:] for worker in each.support]
    assert booked.count("bsl-1") <= 1


async def test_nobody_is_seated_whose_need_a_session_does_not_meet_that_nobody_has_heard_of() -> (
    None
):
    stage = a_stage(a_hub(hours={0: (MORNING,)}))
    await stage.hear(participant("ada"), participant("ben", availability=TUESDAYS))
    await stage.hear(participant("cy", needs=[BSL_USER]), participant("eve"))
    await stage.hear(engagement(sessions=ONE))

    await stage.hear(approved("ada", "ben", reserves=["cy", "eve"]))

    [announced] = stage.heard(SessionAnnounced)
    assert announced.data.unmet == ()
    assert names(stage.heard(InvitationIssued)) == {"ada", "eve"}


async def test_who_cannot_come_gives_the_place_to_a_reserve_who_can_and_staff_see_why() -> None:
    stage = a_stage(a_hub(hours={0: (MORNING,)}))
    await stage.hear(
        participant("ada"), participant("ben", availability=TUESDAYS), participant("cy")
    )
    await stage.hear(engagement(sessions=ONE))

    await stage.hear(approved("ada", "ben", reserves=["cy"]))

    [announced] = stage.heard(SessionAnnounced)
    absent = [(str(each.participant_id), each.why) for each in announced.data.cannot_come]
    assert absent == [(person_id("ben"), "time")]
    assert names(stage.heard(InvitationIssued)) == {"ada", "cy"}
    assert announced.data.missing == 0


async def test_who_cannot_come_and_whom_nobody_replaces_leaves_a_place_that_is_missing() -> None:
    stage = a_stage(a_hub(hours={0: (MORNING,)}))
    await stage.hear(participant("ada"), participant("ben", availability=TUESDAYS))
    await stage.hear(engagement(sessions=ONE))

    await stage.hear(approved("ada", "ben"))

    [announced] = stage.heard(SessionAnnounced)
    assert announced.data.missing == 1
    assert names(stage.heard(InvitationIssued)) == {"ada"}


async def test_both_sessions_that_are_asked_to_move_together_move() -> None:
    stage = a_stage()
    await stage.hear(*map(participant, PEOPLE), engagement())
    await stage.hear(approved("ada", "ben", "cy"))
    dated = [each.data for each in stage.heard(SessionAnnounced)]

    await stage.hear(*(asked_of(SessionMoveRequested, each) for each in dated))

    moved: list[Any] = [each.data for each in stage.heard(SessionRescheduled)]
    assert sorted(each.number for each in moved) == [1, 2]
    for was, now in zip(dated, sorted(moved, key=lambda each: each.number), strict=True):
        assert now.ends_at <= was.starts_at or was.ends_at <= now.starts_at


async def test_a_session_that_cannot_be_moved_stays_and_each_asking_is_answered() -> None:
    stage = a_stage(a_hub(hours={0: (Hours(MORNING.start, MORNING.end.replace(hour=10)),)}))
    await stage.hear(*map(participant, PEOPLE), engagement(sessions=ONE, window=MONDAY))
    await stage.hear(approved("ada", "ben", "cy"))
    [dated] = [each.data for each in stage.heard(SessionAnnounced)]

    for _ in range(2):
        await stage.hear(asked_of(SessionMoveRequested, said(stage)[-1]))

    assert [each.moves_refused for each in said(stage)] == [0, 1, 2]
    assert said(stage)[-1].starts_at == dated.starts_at
    assert said(stage)[-1].reasons[0].startswith("it cannot be moved: ")
    assert stage.heard(InvitationChanged) == []


async def test_the_room_that_a_move_gives_back_goes_to_an_engagement_that_waits_for_it() -> None:
    stage = a_stage(a_hub(hours={0: (Hours(MORNING.start, MORNING.end.replace(hour=10)),)}))
    first, short = (
        {"from": "2027-01-11", "to": "2027-01-24"},
        {"from": "2027-01-11", "to": "2027-01-17"},
    )
    await stage.hear(*map(participant, PEOPLE))
    await stage.hear(engagement(sessions=ONE, window=first))
    await stage.hear(engagement(engagement_id=OTHER, sessions=ONE, window=short))
    await stage.hear(approved("ada", "ben"))
    await stage.hear(of_other("cy", "dee"))
    [dated] = [each.data for each in stage.heard(SessionAnnounced)]

    await stage.hear(asked_of(SessionMoveRequested, dated))

    assert [each.data.engagement_id for each in stage.heard(SessionAnnounced)] == [
        ENGAGEMENT,
        OTHER,
    ]


async def test_an_interpreter_who_can_come_again_is_booked_for_what_waits_for_one() -> None:
    stage = a_stage(a_hub(workers=[a_worker("bsl-1", BSL)]))
    all_day = {"starts_at": "2027-02-08T00:00:00Z", "ends_at": "2027-02-08T23:00:00Z"}
    await stage.hear(participant("ada"), participant("ben"), participant("dee"))
    await stage.hear(participant("cy", needs=[BSL_USER]), engagement(sessions=ONE, window=MONDAY))
    await stage.hear(engagement(engagement_id=OTHER, sessions=ONE, window=MONDAY))
    await stage.hear(approved("ada", "ben"))
    away = {"resource_id": "bsl-1", **all_day}
    await stage.hear(asked_of(SessionSupportChanged, said(stage)[-1], **away))
    await stage.hear(of_other("cy", "dee"))
    assert len(stage.heard(SessionUnscheduled)) == 1

    again = {**away, "cannot_come": False}
    await stage.hear(asked_of(SessionSupportChanged, said(stage)[0], at=2, **again))

    assert [each.resource_id for each in stage.heard(SessionAnnounced)[-1].data.support] == [
        "bsl-1"
    ]


async def test_what_staff_accept_to_do_without_is_booked_all_the_same_where_it_can_be() -> None:
    stage = a_stage(a_hub(workers=[a_worker(f"bsl-{n}", BSL) for n in (1, 2)]))
    long = {**ONE, "minutes": 90}
    await stage.hear(participant("ada", needs=[BSL_USER]), participant("ben"))
    await stage.hear(engagement(sessions=long), approved("ada", "ben"))
    session = said(stage)[-1]
    await stage.hear(asked_of(SessionSupportChanged, session, resource_id="bsl-1"))

    await stage.hear(asked_of(SessionNeedsAccepted, session, needs=[BSL], by="grace"))

    assert said(stage)[-1].unmet == ()
    assert [each.resource_id for each in said(stage)[-1].support] == ["bsl-2"]


async def test_a_series_that_gets_shorter_after_one_was_called_off_harms_nobody() -> None:
    stage = a_stage()
    plan = {"minutes": 90, "every_days": 14}
    await stage.hear(*map(participant, PEOPLE), engagement(sessions={"count": 3, **plan}))
    await stage.hear(approved("ada", "ben", "cy"))
    third = said(stage)[2]
    await stage.hear(asked_of(SessionCancelRequested, third))

    await stage.hear(engagement(EngagementUpdated, at=2, sessions={"count": 2, **plan}))

    sessions = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert [each.status for each in sessions] == ["announced", "announced", "cancelled"]


async def test_nobody_is_asked_again_for_the_time_at_which_they_could_not_come() -> None:
    stage = a_stage()
    await stage.hear(*map(participant, PEOPLE), engagement(), approved("ada", "ben", "cy"))
    first, second = said(stage)[:2]
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))

    await stage.hear(asked_of(SessionMoveRequested, second))

    starts = [each.starts_at for each in stage.invited("ada").sessions]
    assert first.starts_at not in starts
    assert len(starts) == 1


async def test_nothing_is_left_of_an_erased_person_who_could_not_come() -> None:
    stage = a_stage()
    away = {"except": [{"from": "2027-01-11", "to": "2027-01-14"}]}
    await stage.hear(participant("ada", availability=away), participant("ben"), participant("cy"))
    near = {"from": "2027-01-11", "to": "2027-01-20"}
    await stage.hear(engagement(sessions={**ONE, "count": 2}, window=near))
    await stage.hear(approved("ada", "ben", "cy"))
    await stage.wait(days(9))

    await stage.hear(erased("ada"))

    kept = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    assert [each.cannot_come for each in kept] == [(), ()]
