"""What people answer, and who takes over their places."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid5

import pytest

from services.scheduling.domain.engagements.panels import Quota
from shared.contracts.base import Event
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationCancelled,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
    ReplyAccepted,
    ReplyDeclined,
    ReplyLeft,
    SessionAnnounced,
    SessionUpdated,
)
from shared.errors import NotFoundError
from tests.builders.scheduling import (
    ENGAGEMENT,
    LOOP,
    NOW,
    WHEELCHAIR,
    a_venue,
    approved,
    closed,
    engagement,
    left,
    participant,
    person_id,
    reply,
    rules,
)
from tests.fakes.scheduling import Stage, names


async def test_who_declines_is_replaced_by_the_reserve_who_keeps_the_quotas(stage: Stage) -> None:
    sexes = {"ada": "f", "ben": "m", "dee": "m", "eve": "f"}
    features = {name: {"sex": sex} for name, sex in sexes.items()}
    quotas = [Quota("sex", "f", 1, 1), Quota("sex", "m", 1, 1)]
    panel = approved("ada", "ben", reserves=["dee", "eve"], features=features, quotas=quotas)
    await stage.hear(panel)

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert names(stage.heard(InvitationDeclined)) == {"ada"}
    assert stage.invited("eve").replaces == UUID(person_id("ada"))
    assert "dee" not in names(stage.heard(InvitationIssued))


async def test_a_reserve_whose_needs_the_venue_meets_goes_before_one_it_shuts_out() -> None:
    stage = Stage(rules(a_venue(access=(LOOP,))), NOW)
    await stage.hear(*(participant(name) for name in ("ada", "eve")), engagement())
    await stage.hear(participant("dee", needs=[WHEELCHAIR]))
    await stage.hear(approved("ada", reserves=["dee", "eve"]))

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert names(stage.heard(InvitationIssued)) == {"ada", "eve"}


async def test_a_reserve_who_takes_part_from_home_has_no_need_of_the_venue() -> None:
    stage = Stage(rules(a_venue(access=())), NOW)
    place = {"online": True, "in_person": True}
    await stage.hear(*(participant(name) for name in ("ada", "eve")), engagement(place=place))
    await stage.hear(participant("dee", needs=[WHEELCHAIR], online=True, in_person=False))
    await stage.hear(approved("ada", reserves=["dee", "eve"]))

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert names(stage.heard(InvitationIssued)) == {"ada", "dee"}


async def test_a_reserve_whom_another_engagement_has_at_that_time_is_passed_over() -> None:
    stage = Stage(rules(a_venue()), NOW)
    online, other = {"online": True, "in_person": False}, uuid5(ENGAGEMENT, "other")
    await stage.hear(*(participant(name, online=True) for name in ("ada", "dee", "eve")))
    await stage.hear(engagement(place=online), engagement(engagement_id=other, place=online))
    await stage.hear(approved("ada", reserves=["dee", "eve"]))
    await stage.hear(approved("dee", engagement_id=other, match_id=uuid5(other, "match")))
    times = [[each.starts_at for each in stage.invited(who).sessions] for who in ("ada", "dee")]
    assert times[0] == times[1]

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert stage.invited("eve").replaces == UUID(person_id("ada"))
    assert str(stage.invited("dee").engagement_id) == str(other)


async def test_who_declined_does_not_come_after_all_when_something_else_has_them_at_that_time() -> (
    None
):
    stage = Stage(rules(a_venue()), NOW)
    online, other = {"online": True, "in_person": False}, uuid5(ENGAGEMENT, "other")
    await stage.hear(*(participant(name, online=True) for name in ("ada", "ben")))
    await stage.hear(engagement(place=online), engagement(engagement_id=other, place=online))
    await stage.hear(approved("ada", "ben"))
    no = stage.invited("ada")
    await stage.hear(reply(ReplyDeclined, no))
    await stage.hear(approved("ada", engagement_id=other, match_id=uuid5(other, "match")))
    assert stage.invited("ada").sessions[0].starts_at == no.sessions[0].starts_at

    await stage.hear(reply(ReplyAccepted, no, at=2))

    told = [each.data for each in stage.heard(InvitationDeclined)]
    assert [(each.invitation_id, each.refused_reply) for each in told][-1] == (no.invitation_id, 2)


async def test_who_accepted_and_then_declines_is_replaced_too(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))

    await stage.hear(reply(ReplyDeclined, stage.invited("ada"), at=2))

    assert names(stage.heard(InvitationIssued)) == {"ada", "ben", "cy"}


async def test_when_no_reserve_is_left_the_sessions_say_how_many_are_missing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert {each.data.missing for each in stage.heard(SessionUpdated)} == {1}


async def test_a_session_says_until_when_somebody_new_is_seated_for_it(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(*(reply(ReplyAccepted, stage.invited(name)) for name in ("ada", "ben")))
    last = stage.heard(SessionAnnounced)[-1].data
    await stage.wait(last.joinable_until - stage.now)

    await stage.hear(reply(ReplyDeclined, stage.invited("ada"), at=2))

    assert last.joinable_until == last.starts_at - timedelta(hours=24)
    assert names(stage.heard(InvitationIssued)) == {"ada", "ben"}
    assert stage.heard(SessionUpdated)[-1].data.missing == 1


async def test_who_does_not_answer_in_time_gives_the_place_to_a_reserve(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))

    await stage.wait(stage.invited("ada").answer_by - stage.now)

    assert names(stage.heard(InvitationExpired)) == {"ada"}
    assert names(stage.heard(InvitationIssued)) == {"ada", "ben"}
    first = stage.heard(SessionAnnounced)[0].data.starts_at
    assert stage.invited("ben").answer_by < first


async def test_a_person_who_leaves_is_replaced_and_no_longer_invited(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))

    await stage.hear(left("ada"))

    [cancelled] = stage.heard(InvitationCancelled)
    assert cancelled.data.answer is Answer.WITHDRAWN
    assert stage.invited("cy").answer is Answer.INVITED


async def test_who_leaves_by_the_link_is_let_go_once(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyLeft, stage.invited("ada")), left("ada"))

    assert len(stage.heard(InvitationCancelled)) == 1


async def test_a_reserve_who_left_is_passed_over(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben", "cy"]), left("ben"))

    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    assert names(stage.heard(InvitationIssued)) == {"ada", "cy"}


async def test_who_declined_may_come_after_all_while_the_place_is_free(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))

    assert await stage.answers() == {"ada": Answer.ACCEPTED}
    assert stage.heard(SessionUpdated)[-1].data.missing == 0


async def test_who_declined_stays_out_when_somebody_else_has_the_place(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))

    assert await stage.answers() == {"ada": Answer.DECLINED, "ben": Answer.INVITED}


async def test_who_says_yes_when_the_place_is_taken_hears_that_it_is(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    yes = reply(ReplyAccepted, stage.invited("ada"), at=2)

    await stage.hear(yes)

    [declined, again] = stage.heard(InvitationDeclined)
    assert again.sequence == declined.sequence + 1
    assert again.causationid == yes.id
    assert (declined.data.refused_reply, again.data.refused_reply) == (0, 2)
    assert again.data.answer is Answer.DECLINED


async def test_who_gets_the_place_back_at_last_was_not_refused(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))
    await stage.hear(reply(ReplyDeclined, stage.invited("ben")))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=3))

    assert stage.invited("ada").answer is Answer.ACCEPTED
    assert stage.invited("ada").refused_reply == 0


async def test_an_older_yes_that_comes_after_a_refused_one_is_not_told_again(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=3))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))

    assert len(stage.heard(InvitationDeclined)) == 2


async def test_an_older_reply_that_comes_late_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    late = reply(ReplyAccepted, stage.invited("ada"), at=1)
    await stage.hear(reply(ReplyDeclined, stage.invited("ada"), at=2))

    await stage.hear(late)

    assert await stage.answers() == {"ada": Answer.DECLINED}


async def test_a_reply_to_an_expired_or_cancelled_invitation_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(closed())

    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))

    assert stage.heard(InvitationAccepted) == []


async def test_a_reply_to_what_was_never_offered_is_refused(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    state = stage.invited("ada").model_copy(update={"invitation_id": uuid5(ENGAGEMENT, "other")})

    with pytest.raises(NotFoundError):
        await stage.hear(reply(ReplyAccepted, state))


@pytest.mark.parametrize(
    ("said", "told"), [(ReplyAccepted, InvitationAccepted), (ReplyDeclined, InvitationDeclined)]
)
async def test_an_answer_on_the_telephone_is_told_as_such(
    stage: Stage, said: type[Event], told: type[Event]
) -> None:
    await stage.hear(approved("ada"))

    await stage.hear(reply(said, stage.invited("ada"), by_phone=True))

    [event] = stage.heard(told)
    assert event.data.by_phone


async def test_a_yes_after_a_no_is_news_to_who_said_it_on_the_telephone(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2, by_phone=True))

    [event] = stage.heard(InvitationAccepted)
    assert not event.data.by_phone


YES_NO_YES = ((ReplyAccepted, 1), (ReplyDeclined, 2), (ReplyAccepted, 3))
NO_YES_NO = ((ReplyDeclined, 1), (ReplyAccepted, 2), (ReplyDeclined, 3))


@pytest.mark.parametrize("order", [*permutations(YES_NO_YES), *permutations(NO_YES_NO)])
async def test_of_several_replies_the_newest_counts_in_whatever_order_they_come(
    stage: Stage, order: tuple[tuple[type[Event], int], ...]
) -> None:
    await stage.hear(approved("ada", "ben"))
    invited = stage.invited("ada")

    await stage.hear(*(reply(kind, invited, at=at) for kind, at in order))

    newest = max(order, key=lambda each: each[1])
    expected = Answer.ACCEPTED if newest[0] is ReplyAccepted else Answer.DECLINED
    assert (await stage.answers())["ada"] is expected
