"""When silence is followed up."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.calendar import LONDON
from services.scheduling.domain.invitations.following_up import SHORT, FollowUp, Step, follow_ups
from services.scheduling.domain.invitations.invitation import Answer, Invitation, answer_by
from services.scheduling.domain.invitations.reminders import DAY_BEGINS, DAY_ENDS
from tests.builders.scheduling import NOW, days
from tests.unit.scheduling.test_invitations import an_invitation

moments = st.integers(0, 800 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n))
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=40))
starts = st.timedeltas(timedelta(hours=24), timedelta(days=200))


def asked(at: datetime, until: datetime) -> Invitation:
    invitation = an_invitation(answer=Answer.INVITED)
    return replace(invitation, issued_at=at, answer_by=until)


def steps_of(invitation: Invitation) -> list[FollowUp]:
    return sorted(follow_ups(invitation).values(), key=lambda each: each.at)


@given(moments, spans)
def test_every_step_is_by_day_in_order_before_the_deadline_and_once(
    at: datetime, span: timedelta
) -> None:
    steps = steps_of(asked(at, at + span))

    order = [each.step for each in steps]
    assert order in ([], [Step.CALL], [Step.SECOND_CHANNEL], [Step.SECOND_CHANNEL, Step.CALL])
    assert all(at <= each.at < each.useful_until <= at + span for each in steps)
    assert all(one.useful_until <= two.at for one, two in pairwise(steps))
    for each in steps:
        assert DAY_BEGINS <= each.at.astimezone(LONDON).time() < DAY_ENDS


@given(moments, starts)
def test_whoever_has_a_day_to_answer_is_rung_before_the_place_goes_on(
    at: datetime, ahead: timedelta
) -> None:
    deadline = answer_by(at, at + ahead)

    rung = [each for each in steps_of(asked(at, deadline)) if each.step is Step.CALL]

    assert rung or deadline - at < days(1)


@given(moments, st.timedeltas(timedelta(minutes=1), SHORT - timedelta(minutes=1)))
def test_a_short_time_to_answer_goes_straight_to_the_call(at: datetime, span: timedelta) -> None:
    assert {each.step for each in steps_of(asked(at, at + span))} <= {Step.CALL}


def test_a_week_to_answer_is_halved_and_quartered() -> None:
    second, call = steps_of(asked(NOW, NOW + days(8)))

    assert (second.at, call.at) == (NOW + days(4), NOW + days(6))


@given(moments, spans, st.sampled_from([each for each in Answer if each is not Answer.INVITED]))
def test_nothing_is_done_about_who_has_answered(
    at: datetime, span: timedelta, answer: Answer
) -> None:
    assert follow_ups(replace(asked(at, at + span), answer=answer)) == {}


@given(moments, spans)
def test_a_step_that_was_taken_is_not_taken_again(at: datetime, span: timedelta) -> None:
    invitation = asked(at, at + span)
    taken = tuple(each.step for each in steps_of(invitation))

    assert follow_ups(replace(invitation, followed_up=taken)) == {}
