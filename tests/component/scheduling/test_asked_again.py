"""Whom staff have asked again: invited once more, and no further than that."""

from datetime import timedelta
from itertools import permutations

import pytest

from shared.contracts.sessions import (
    Answer,
    InvitationExpired,
    InvitationIssued,
    ReplyAccepted,
    ReplyDeclined,
    SessionUpdated,
)
from tests.builders.scheduling import NOW, approved, engagement, participant, reply, rules
from tests.fakes.listening import Listener
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


@pytest.mark.parametrize("said", [(), ("yes",), ("yes", "no"), ("yes", "no", "yes")])
async def test_asking_again_ends_the_same_whenever_it_is_heard_beside_replies(
    said: tuple[str, ...],
) -> None:
    ends = [await asked_again_beside(said, order) for order in permutations(range(len(said) + 1))]

    assert ends == [ends[0]] * len(ends)
    assert ends[0]["ada"] is (Answer.ACCEPTED if said[-1:] == ("yes",) else Answer.INVITED)


async def asked_again_beside(said: tuple[str, ...], order: tuple[int, ...]) -> dict[str, Answer]:
    """Who stands how after a no, replies to the same invitation and the wish to ask again."""
    stage = Stage(rules(), NOW)
    await stage.hear(*map(participant, ("ada", "ben")), engagement(), approved("ada", "ben"))
    first = stage.invited("ada")
    await stage.hear(reply(ReplyDeclined, first))
    kinds = {"yes": ReplyAccepted, "no": ReplyDeclined}
    replies = [reply(kinds[each], first, at=number + 2) for number, each in enumerate(said)]
    events = [*replies, approved("ada", "ben", at=2, again={"ada": 1})]
    listener = Listener(stage._handlers, stage.store, stage)
    for each in order:
        await listener.hear(events[each])
    await listener.rest()
    return await stage.answers()
