"""Who is told what, and what is not worth telling any more."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.domain import Channel, Kind, Standing, Status, message_id
from tests.builders.notification import NOW, a_match, a_message, a_participant, an_invitation

TELEPHONE, EMAIL, EASY_READ, PRINT_24 = (
    "795661000000104",
    "936741000000100",
    "796161000000101",
    "957351000000102",
)


@pytest.mark.parametrize(
    ("prefers", "needs", "channel"),
    [
        ("email", (), Channel.EMAIL),
        ("email", (EASY_READ,), Channel.EMAIL),
        ("email", (TELEPHONE,), Channel.CALL),
        ("email", (TELEPHONE, EMAIL), Channel.EMAIL),
        ("sms", (), Channel.CALL),
        ("phone", (), Channel.CALL),
        ("letter", (EMAIL,), Channel.CALL),
    ],
)
def test_a_person_gets_e_mail_only_where_it_is_their_way(
    prefers: str, needs: tuple[str, ...], channel: Channel
) -> None:
    assert a_participant(prefers=prefers, needs=needs).channel is channel


def test_type_is_as_large_as_the_person_needs() -> None:
    assert a_participant().point_size == 14
    assert a_participant(needs=(EASY_READ, PRINT_24)).point_size == 24


@pytest.mark.parametrize("kind", list(Kind))
def test_who_left_gets_at_most_the_goodbye(kind: Kind) -> None:
    left = a_participant(standing=Standing.LEFT)

    assert a_message(kind).is_wanted_by(left) is (kind is Kind.GOODBYE)


@pytest.mark.parametrize("kind", list(Kind))
def test_who_is_erased_gets_nothing(kind: Kind) -> None:
    erased = a_participant().forgotten(9)

    assert not a_message(kind).is_wanted_by(erased)
    assert (erased.reference, erased.needs, erased.prefers) == (None, (), "")


def test_who_came_back_is_not_told_goodbye() -> None:
    assert not a_message(Kind.GOODBYE).is_wanted_by(a_participant())


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9))
def test_only_the_newest_news_of_an_invitation_holds(told: int, newest: int) -> None:
    invitation = an_invitation(sequence=newest)

    assert a_message(sequence=told).still_holds(invitation, NOW) is (told == newest)


@pytest.mark.parametrize(
    ("answer", "days_ahead", "holds"),
    [("accepted", 1, True), ("declined", 1, False), ("accepted", 60, False)],
)
def test_a_reminder_holds_while_the_person_comes_and_the_session_is_ahead(
    answer: str, days_ahead: int, *, holds: bool
) -> None:
    invitation = an_invitation(answer=answer, sequence=7)
    reminder = a_message(Kind.REMINDER, session_id=invitation.sessions[0].id)

    assert reminder.still_holds(invitation, NOW + timedelta(days=days_ahead)) is holds


def test_a_reminder_of_a_session_that_was_dropped_does_not_hold() -> None:
    reminder = a_message(Kind.REMINDER, session_id="another")

    assert not reminder.still_holds(an_invitation(answer="accepted"), NOW)


@pytest.mark.parametrize("status", ["approved", "sent_back", "cancelled", "short"])
def test_staff_are_not_asked_about_a_match_that_waits_for_nobody(status: str) -> None:
    assert not a_message(Kind.STAFF_MATCH).still_concerns(a_match(status=status))


def test_the_same_news_to_the_same_person_is_one_message() -> None:
    assert message_id("e-1", "invitation", "p-1") == message_id("e-1", "invitation", "p-1")
    assert message_id("e-1", "invitation", "p-1") != message_id("e-1", "invitation", "p-2")


def test_a_call_task_is_a_message_of_its_own() -> None:
    failed = a_message().settled(Status.FAILED, Channel.EMAIL, NOW, "mail-refused")

    call = failed.call_instead()

    assert (call.status, call.error_code, call.version) == (Status.QUEUED, None, 0)
    assert call.id == failed.call_instead().id != failed.id
