"""Nobody is in two engagements at a time, nor asked too often, whatever is approved at once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from shared.contracts.engagements import EngagementUpdated
from shared.contracts.participants import ParticipantUpdated
from shared.contracts.sessions import InvitationIssued, ReplyDeclined, SessionUpdated
from tests.builders.scheduling import (
    ENGAGEMENT,
    NOW,
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
from tests.fakes.scheduling import Stage


async def _two_engagements(
    rest: timedelta | None, *, weeks_apart: int = 2, reserves: Sequence[str] = ("eve",)
) -> Stage:
    """Dee is approved for one engagement and, in the same moment, for one some weeks later."""
    stage = Stage(rules(a_venue(), rest=rest), NOW)
    other = uuid5(ENGAGEMENT, "other")
    later = {"from": str(NOW.date() + timedelta(weeks=weeks_apart)), "to": "2027-03-31"}
    await stage.hear(*(participant(name) for name in ("ada", "dee", "eve")))
    soon = {"from": "2027-01-11", "to": "2027-02-05"}
    await stage.hear(engagement(window=soon), engagement(engagement_id=other, window=later))
    await stage.hear(
        approved("dee", engagement_id=other, match_id=uuid5(other, "match")),
        approved("ada", "dee", reserves=reserves),
    )
    return stage


async def test_two_panels_approved_at_one_moment_do_not_both_get_one_person() -> None:
    stage = await _two_engagements(timedelta(days=7))

    asked = [each.data.participant_id for each in stage.heard(InvitationIssued)]

    assert sorted(map(str, asked)) == sorted(map(person_id, ("ada", "dee", "eve")))


async def test_who_waits_for_a_place_gets_it_when_the_other_engagement_is_called_off() -> None:
    stage = await _two_engagements(timedelta(days=7), reserves=())
    other = stage.invited("dee").engagement_id

    await stage.hear(closed(engagement_id=other, at=2))

    assert stage.invited("dee").engagement_id != other


async def test_who_declines_one_engagement_gets_the_place_that_waits_in_another() -> None:
    stage = await _two_engagements(timedelta(days=7), reserves=())
    first = stage.invited("dee")

    await stage.hear(reply(ReplyDeclined, first))

    assert stage.invited("dee").engagement_id != first.engagement_id


async def test_what_is_over_keeps_nobody_from_a_place() -> None:
    stage = await _two_engagements(timedelta(days=7), reserves=())
    first = stage.invited("dee")
    after = {"from": str(first.sessions[-1].ends_at.date() + timedelta(days=1)), "to": "2027-03-31"}
    await stage.wait(first.sessions[-1].ends_at - stage.now + timedelta(minutes=1))

    await stage.hear(engagement(EngagementUpdated, at=2, window=after))

    assert stage.invited("dee").engagement_id != first.engagement_id


async def test_where_people_may_be_in_two_at_once_only_the_hours_count() -> None:
    stage = await _two_engagements(None)

    asked = [each.data.participant_id for each in stage.heard(InvitationIssued)]

    assert asked.count(UUID(person_id("dee"))) == 2


async def test_after_a_rest_a_person_may_be_in_the_next_engagement() -> None:
    stage = await _two_engagements(timedelta(days=7), weeks_apart=9)

    asked = [each.data.participant_id for each in stage.heard(InvitationIssued)]

    assert asked.count(UUID(person_id("dee"))) == 2


async def test_nobody_is_invited_more_often_than_may_be_whatever_is_approved_at_once() -> None:
    stage = Stage(rules(a_venue(), most_asks=2, rest=None), NOW)
    asked = [uuid5(ENGAGEMENT, f"{n}") for n in range(4)]
    await stage.hear(*(participant(name) for name in ("dee", "eve")))
    await stage.hear(*(engagement(engagement_id=each) for each in asked))

    await stage.hear(
        *(
            approved("dee", reserves=["eve"], engagement_id=each, match_id=uuid5(each, "match"))
            for each in asked
        )
    )

    invited = [each.data.participant_id for each in stage.heard(InvitationIssued)]
    assert sorted(map(str, invited)) == sorted([person_id("dee"), person_id("eve")] * 2)


async def test_after_thirty_days_a_person_may_be_invited_again() -> None:
    stage = Stage(rules(a_venue(), most_asks=1, rest=None), NOW)
    later = uuid5(ENGAGEMENT, "later")
    await stage.hear(participant("dee"), engagement(), engagement(engagement_id=later))
    await stage.hear(approved("dee"))
    await stage.wait(timedelta(days=30))

    await stage.hear(approved("dee", engagement_id=later, match_id=uuid5(later, "match")))

    assert len(stage.heard(InvitationIssued)) == 2


async def test_an_approval_whose_newcomer_is_taken_elsewhere_is_answered_all_the_same() -> None:
    stage = Stage(rules(a_venue()), NOW)
    other = uuid5(ENGAGEMENT, "other")
    await stage.hear(*(participant(name) for name in ("ada", "ben", "dee")))
    await stage.hear(engagement(), engagement(engagement_id=other))
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ben")))
    await stage.hear(approved("dee", engagement_id=other, match_id=uuid5(other, "match")))
    told = len(stage.heard(SessionUpdated))

    await stage.hear(approved("ada", "dee", at=2))

    after = [each.data for each in stage.heard(SessionUpdated)][told:]
    assert {(each.engagement_id, each.missing) for each in after} == {(ENGAGEMENT, 1)}


async def test_who_leaves_and_comes_back_is_not_asked_as_if_for_the_first_time() -> None:
    stage = Stage(rules(a_venue(), most_asks=1, rest=None), NOW)
    later = uuid5(ENGAGEMENT, "later")
    await stage.hear(participant("dee"), engagement(), engagement(engagement_id=later))
    await stage.hear(approved("dee"))

    await stage.hear(left("dee", at=2), participant("dee", ParticipantUpdated, at=3))
    await stage.hear(approved("dee", engagement_id=later, match_id=uuid5(later, "match")))

    assert len(stage.heard(InvitationIssued)) == 1


async def test_being_put_back_into_the_same_engagement_is_not_one_more_to_be_asked_into() -> None:
    stage = Stage(rules(a_venue(), most_asks=1), NOW)
    await stage.hear(participant("dee"), engagement())
    await stage.hear(approved("dee"))
    await stage.hear(reply(ReplyDeclined, stage.invited("dee")))

    await stage.hear(approved("dee", again={"dee": 1}, at=2))

    assert len(stage.heard(InvitationIssued)) == 2
