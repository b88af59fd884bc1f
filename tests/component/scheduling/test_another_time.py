"""Who wants to come at another time: their place goes on, they wait, and are asked again."""

from datetime import date
from uuid import UUID

from services.scheduling.domain.engagements.panels import Quota
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import (
    Answer,
    InvitationAnotherTime,
    InvitationIssued,
    ReplyAccepted,
    ReplyAnotherTime,
    ReplyDeclined,
    SessionUpdated,
)
from tests.builders.scheduling import approved, closed, engagement, left, person_id, reply
from tests.fakes.scheduling import Stage, names

LATER = {"from": date(2027, 3, 1), "to": date(2027, 4, 30)}


def moved(*, at: int = 2) -> EngagementUpdated:
    """The partner moved the window, so that the sessions move."""
    event: EngagementUpdated = engagement(EngagementUpdated, at=at, window=LATER)
    return event


async def test_the_place_goes_to_the_reserve_who_keeps_the_quotas(stage: Stage) -> None:
    sexes = {"ada": "f", "ben": "m", "dee": "m", "eve": "f"}
    features = {name: {"sex": sex} for name, sex in sexes.items()}
    quotas = [Quota("sex", "f", 1, 1), Quota("sex", "m", 1, 1)]
    panel = approved("ada", "ben", reserves=["dee", "eve"], features=features, quotas=quotas)
    await stage.hear(panel)

    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))

    assert names(stage.heard(InvitationAnotherTime)) == {"ada"}
    assert stage.invited("eve").replaces == UUID(person_id("ada"))
    assert (await stage.answers())["ada"] is Answer.ANOTHER_TIME


async def test_nobody_is_asked_again_for_the_same_times(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))

    assert len(stage.heard(InvitationIssued)) == 2
    assert stage.heard(SessionUpdated)[-1].data.missing == 1
    assert (await stage.settled_again()).writes == ()


async def test_who_waits_is_asked_again_by_themselves_when_the_sessions_move(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    before = stage.invited("ada")
    await stage.hear(reply(ReplyAnotherTime, before))

    await stage.hear(moved())

    again = stage.invited("ada")
    assert (again.answer, again.asked) == (Answer.INVITED, 2)
    assert again.sessions[0].starts_at not in {each.starts_at for each in before.sessions}


async def test_when_all_want_another_time_a_new_window_finds_one_for_them(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(*(reply(ReplyAnotherTime, stage.invited(who)) for who in ("ada", "ben")))

    await stage.hear(moved())

    assert {stage.invited(who).answer for who in ("ada", "ben")} == {Answer.INVITED}


async def test_who_waits_takes_no_place_from_who_has_it_when_the_sessions_move(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))
    await stage.hear(reply(ReplyAccepted, stage.invited("ben")))

    await stage.hear(moved())
    assert stage.invited("ada").answer is Answer.ANOTHER_TIME
    await stage.hear(reply(ReplyDeclined, stage.invited("ben"), at=2))

    assert stage.invited("ada").answer is Answer.INVITED


async def test_they_can_come_after_all_while_the_place_is_free(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))

    assert stage.invited("ada").answer is Answer.ACCEPTED
    assert stage.heard(SessionUpdated)[-1].data.missing == 0


async def test_who_comes_after_all_when_the_place_is_taken_hears_that_it_is(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))

    [first, again] = stage.heard(InvitationAnotherTime)
    assert (first.data.refused_reply, again.data.refused_reply) == (0, 2)


async def test_a_no_after_it_ends_the_waiting(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada"), at=2))

    await stage.hear(moved())

    assert stage.invited("ada").answer is Answer.DECLINED


async def test_a_later_approval_leaves_who_waits_on_the_list(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))
    await stage.hear(approved("ben", "cy", at=2))
    await stage.hear(reply(ReplyDeclined, stage.invited("cy")))

    await stage.hear(moved())

    assert stage.invited("ada").answer is Answer.INVITED


async def test_who_leaves_waits_for_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")), left("ada"))

    await stage.hear(moved())

    assert len(stage.heard(InvitationIssued)) == 2


async def test_times_that_were_refused_once_are_not_asked_about_again(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))
    await stage.hear(moved())
    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada"), at=2))

    await stage.hear(engagement(EngagementUpdated, at=3))

    assert stage.invited("ada").answer is Answer.ANOTHER_TIME
    assert stage.invited("ada").asked == 2


async def test_a_reply_to_what_was_called_off_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(closed())

    await stage.hear(reply(ReplyAnotherTime, stage.invited("ada")))

    assert stage.heard(InvitationAnotherTime) == []
