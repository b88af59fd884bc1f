"""How each person was chosen travels with their invitation, whatever is drawn later."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.scheduling.domain.engagements.panels import Quota
from shared.contracts.sessions import (
    Choice,
    Chosen,
    InvitationAccepted,
    InvitationIssued,
    InvitationReminderDue,
    ReplyAccepted,
    ReplyDeclined,
)
from tests.builders.scheduling import (
    NOW,
    approved,
    closed,
    engagement,
    erased,
    participant,
    reply,
    rules,
)
from tests.fakes.listening import Listener
from tests.fakes.scheduling import Stage

TOP_UP = {"chance": 0.125, "by_staff": False}


async def test_an_invitation_says_the_chance_and_what_the_quotas_asked_about(stage: Stage) -> None:
    quotas = [Quota("sex", "female", 1, 2), Quota("sex", "male", 0, 1), Quota("age", "16-24", 0, 1)]

    await stage.hear(approved("ada", "ben", quotas=quotas, share=0.4, drawn={"chance": 0.25}))

    assert stage.invited("ada").chosen == Chosen(
        how=Choice.LOT, chance=0.25, features=("sex", "age"), follows_population=True
    )


async def test_an_invitation_never_says_what_the_person_answered(stage: Stage) -> None:
    answers = {"ada": {"disability": "yes"}}
    quota = Quota("disability", "yes", 0, 1)

    await stage.hear(approved("ada", "ben", features=answers, quotas=[quota]))

    assert stage.invited("ada").chosen == stage.invited("ben").chosen
    assert stage.invited("ada").chosen.features == ("disability",)
    assert not stage.invited("ada").chosen.follows_population


@pytest.mark.parametrize("is_late", [False, True])
async def test_what_a_person_takes_back_of_their_answers_is_gone_from_the_panel(
    stage: Stage, *, is_late: bool
) -> None:
    answers = {each: {"disability": "yes", "age_band": "25-44"} for each in ("ada", "ben")}
    told = [approved("ada", "ben", features=answers), participant("ada", at=5, consents={})]

    await stage.hear(*(reversed(told) if is_late else told))

    [panel] = stage.diary.panels.entities.values()  # type: ignore[attr-defined]
    left = {each.participant_id: dict(each.features) for each in panel.members}
    assert sorted(left.values(), key=len) == [
        {"age_band": "25-44"},
        {"disability": "yes", "age_band": "25-44"},
    ]


async def test_who_was_put_on_the_panel_is_told_so_and_no_chance(stage: Stage) -> None:
    await stage.hear(approved("ada", drawn={"chance": 0.0, "by_staff": True}))

    assert stage.invited("ada").chosen == Chosen(how=Choice.STAFF)


async def test_a_top_up_leaves_the_first_people_the_chance_that_they_had(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(approved("ben", "cy", "dee", at=2, drawn=TOP_UP))
    await stage.hear(reply(ReplyAccepted, stage.invited("ben")))
    await stage.wait(timedelta(days=60))

    [accepted], reminders = stage.heard(InvitationAccepted), stage.heard(InvitationReminderDue)
    assert reminders
    assert {each.data.chosen.chance for each in (accepted, *reminders)} == {0.5}
    assert stage.invited("cy").chosen.chance == 0.5
    assert stage.invited("dee").chosen.chance == 0.125


async def test_a_reserve_who_takes_over_a_place_is_told_that_they_were_one(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"], drawn={"chance": 0.25}))

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    await stage.hear(approved("cy", "ben", at=2, drawn=TOP_UP))

    assert stage.invited("cy").chosen == Chosen(how=Choice.RESERVE, chance=0.25)


async def test_who_was_drawn_for_a_place_that_was_taken_meanwhile_is_told_of_a_lot(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(approved("ada", "cy", at=2, drawn=TOP_UP))

    await stage.hear(reply(ReplyDeclined, stage.invited("ben")))

    assert stage.invited("cy").chosen == Chosen(how=Choice.LOT, chance=0.125)


async def test_who_is_asked_again_is_told_the_chance_of_the_draw_that_asks_them(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(approved("ada", "ben", at=2, again={"ada": 1}, drawn=TOP_UP))

    assert stage.invited("ada").chosen.chance == 0.125


async def test_who_is_invited_anew_after_a_return_to_open_keeps_how_they_were_chosen(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    await stage.hear(closed())
    stage.forget_events()

    await stage.hear(engagement(at=10))

    issued = {each.data.participant_reference: each.data for each in stage.heard(InvitationIssued)}
    assert issued["ref-ben"].chosen == Chosen(how=Choice.LOT, chance=0.5)
    assert issued["ref-cy"].chosen == Chosen(how=Choice.RESERVE, chance=0.5)


@pytest.mark.parametrize("answers_first", [True, False])
async def test_nothing_of_how_somebody_was_chosen_is_left_once_they_are_erased(
    stage: Stage, *, answers_first: bool
) -> None:
    await stage.hear(approved("ada", "ben"))
    if answers_first:
        await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(erased("ada"))

    invitation = await stage.diary.invitations.get(str(stage.invited("ada").invitation_id))
    assert invitation is not None
    assert invitation.chosen is None


async def test_how_people_were_chosen_ends_the_same_in_whatever_order_it_is_heard() -> None:
    ends = [await topped_up_in(order) for order in permutations(range(4))]

    assert ends == [ends[0]] * len(ends)
    assert ends[0] == {"ada": 0.125, "ben": 0.5, "cy": 0.5, "dee": 0.125}


async def topped_up_in(order: tuple[int, ...]) -> dict[str, float]:
    """Who had which chance after one is asked again, one joins, and an old approval comes again."""
    stage = Stage(rules(), NOW)
    people = ("ada", "ben", "cy", "dee")
    first = approved("ada", "ben", "cy", "dee", drawn={"chance": 0.5})
    await stage.hear(*map(participant, people), engagement(), approved("ada", "ben", "cy"))
    events = [
        first,
        reply(ReplyDeclined, stage.invited("ada")),
        reply(ReplyAccepted, stage.invited("ben")),
        approved("ada", "ben", "cy", "dee", at=2, again={"ada": 1}, drawn=TOP_UP),
    ]
    listener = Listener(stage._handlers, stage.store, stage)
    for each in order:
        await listener.hear(events[each])
    await listener.rest()
    return {name: stage.invited(name).chosen.chance for name in people}
