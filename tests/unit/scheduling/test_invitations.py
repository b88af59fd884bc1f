"""Deadlines and reminders."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.calendar import LONDON
from services.scheduling.domain.invitations.invitation import (
    Answer,
    Invitation,
    InvitedSession,
    answer_by,
)
from services.scheduling.domain.invitations.reminders import DAY_BEGINS, DAY_ENDS, next_daytime
from tests.builders.scheduling import NOW, a_venue, an_invitation, days

moments = st.integers(0, 800 * 24 * 4).map(lambda n: NOW + timedelta(minutes=15 * n))


def invited_to(*starts: datetime, answer: Answer = Answer.ACCEPTED) -> Invitation:
    """An invitation to sessions that start then."""
    sessions = (
        InvitedSession(f"s{n}", 0, at, at + timedelta(hours=1), a_venue())
        for n, at in enumerate(starts)
    )
    return an_invitation(*sessions, answer=answer)


@given(moments, st.timedeltas(timedelta(hours=1), timedelta(days=200)))
def test_there_is_always_as_much_time_for_a_replacement_as_for_the_answer(
    now: datetime, ahead: timedelta
) -> None:
    deadline = answer_by(now, now + ahead)

    assert now < deadline
    assert deadline - now <= (now + ahead) - deadline + timedelta(microseconds=1)
    assert deadline.astimezone(LONDON).date() <= (now + days(7)).astimezone(LONDON).date()


@given(moments, st.timedeltas(timedelta(hours=1), timedelta(days=200)))
def test_nobody_has_less_than_half_of_the_time_that_there_could_be_to_answer(
    now: datetime, ahead: timedelta
) -> None:
    deadline = answer_by(now, now + ahead)

    assert deadline - now >= min(days(7), ahead / 2) / 2


@given(moments, st.timedeltas(timedelta(days=5), timedelta(days=200)))
def test_who_has_days_to_answer_has_until_five_wall_time(now: datetime, ahead: timedelta) -> None:
    deadline = answer_by(now, now + ahead)

    assert deadline.astimezone(LONDON).time() == time(17)


@pytest.mark.parametrize(
    ("now", "first_start", "deadline"),
    [
        ("2027-01-04T22:44+00:00", "2027-03-01T18:00+00:00", "2027-01-11T17:00+00:00"),
        ("2027-01-04T09:44+00:00", "2027-03-01T18:00+00:00", "2027-01-11T17:00+00:00"),
        ("2027-03-23T22:44+00:00", "2027-05-04T18:00+01:00", "2027-03-30T17:00+01:00"),
        ("2027-01-04T09:44+00:00", "2027-01-11T10:00+00:00", "2027-01-07T17:00+00:00"),
        ("2027-01-04T22:44+00:00", "2027-01-05T18:44+00:00", "2027-01-05T08:44+00:00"),
    ],
    ids=[
        "late in the evening",
        "in the morning",
        "across a clock change",
        "half of a short time ends in the morning",
        "tomorrow",
    ],
)
def test_answers_are_due_when_the_office_closes(now: str, first_start: str, deadline: str) -> None:
    at = answer_by(datetime.fromisoformat(now), datetime.fromisoformat(first_start))

    assert at == datetime.fromisoformat(deadline)


@given(moments)
def test_nobody_is_disturbed_at_night(now: datetime) -> None:
    at = next_daytime(now)

    assert DAY_BEGINS <= at.astimezone(LONDON).time() < DAY_ENDS
    assert now <= at < now + timedelta(hours=13, minutes=1)


@given(moments)
def test_reminders_come_at_ten_wall_time_on_both_sides_of_a_clock_change(at: datetime) -> None:
    reminders = invited_to(at).reminders().values()

    local = [each.at.astimezone(LONDON) for each in reminders]
    assert {each.time().hour for each in local} == {10}
    ahead = sorted(at.astimezone(LONDON).date().toordinal() - t.date().toordinal() for t in local)
    assert ahead == [1, 7]


def test_only_who_comes_is_reminded() -> None:
    invited = invited_to(NOW + days(30), answer=Answer.INVITED)

    assert invited.reminders() == {}


def test_a_reminder_given_is_not_given_again_until_the_session_moves() -> None:
    invitation = invited_to(NOW + days(30))
    given_once = replace(
        invitation, reminded=tuple(each.mark for each in invitation.reminders().values())
    )

    moved = replace(given_once, sessions=(replace(given_once.sessions[0], calendar_sequence=1),))

    assert given_once.reminders() == {}
    assert len(moved.reminders()) == 2
