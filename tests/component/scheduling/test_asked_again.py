"""Whom staff have asked again: invited once more, and no further than that."""

from datetime import timedelta

from shared.contracts.sessions import (
    Answer,
    InvitationExpired,
    InvitationIssued,
    ReplyAccepted,
    ReplyDeclined,
    SessionUpdated,
)
from tests.builders.scheduling import approved, reply
from tests.fakes.scheduling import Stage, names


async def test_who_declined_is_invited_once_more_when_staff_ask_again(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    first = stage.invited("ada")
    stage.forget_events()

    await stage.hear(approved("ada", "ben", at=2, again={"ada": 1}))

    [issued] = stage.heard(InvitationIssued)
    assert issued.data.invitation_id == first.invitation_id
    assert (issued.data.asked, first.asked) == (2, 1)
    assert await stage.answers() == {"ada": Answer.INVITED, "ben": Answer.INVITED}
    assert stage.heard(SessionUpdated)[-1].data.missing == 0


async def test_who_let_the_invitation_pass_is_invited_once_more(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ben")))
    await stage.wait(timedelta(days=8))
    assert names(stage.heard(InvitationExpired)) == {"ada"}
    stage.forget_events()

    await stage.hear(approved("ada", "ben", at=2, again={"ada": 1}))

    assert names(stage.heard(InvitationIssued)) == {"ada"}


async def test_who_declines_a_second_time_is_not_invited_by_the_same_wish(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    await stage.hear(approved("ada", "ben", at=2, again={"ada": 1}))
    again = stage.invited("ada")
    stage.forget_events()

    await stage.hear(reply(ReplyDeclined, again, at=2))
    await stage.hear(approved("ada", "ben", at=3, again={"ada": 1}))

    assert stage.heard(InvitationIssued) == []
    assert (await stage.answers())["ada"] is Answer.DECLINED


async def test_a_panel_that_names_who_declined_meanwhile_does_not_invite_them(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    stage.forget_events()

    await stage.hear(approved("ada", "ben", at=2))

    assert stage.heard(InvitationIssued) == []


async def test_who_is_asked_again_in_reserve_takes_a_place_that_becomes_free(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    await stage.hear(approved("cy", "ben", reserves=["ada"], at=2, again={"ada": 1}))
    newcomer = stage.invited("cy")
    stage.forget_events()

    await stage.hear(reply(ReplyDeclined, newcomer))

    assert names(stage.heard(InvitationIssued)) == {"ada"}
