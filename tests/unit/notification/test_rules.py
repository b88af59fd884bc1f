"""Who is told what, and what is not worth telling any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.domain import Channel, Kind, Standing, Status, message_id
from services.notification.domain.people import CALL_NEEDS
from tests.builders.notification import NOW, a_match, a_message, a_participant, an_invitation

TELEPHONE, EMAIL, EASY_READ, PRINT_24, LETTER, SMS_NEED, MOON = (
    "795661000000104",
    "936741000000100",
    "796161000000101",
    "957351000000102",
    "936721000000107",
    "936701000000103",
    "936621000000101",
)
EVERY_NEED = (TELEPHONE, EMAIL, EASY_READ, PRINT_24, LETTER, SMS_NEED, MOON)


ALL = (Channel.EMAIL, Channel.SMS, Channel.LETTER)


@pytest.mark.parametrize(
    ("prefers", "needs", "channels"),
    [
        ("email", (), "email sms letter call"),
        ("sms", (), "sms email letter call"),
        ("letter", (), "letter email sms call"),
        ("phone", (), "call"),
        ("phone", (EMAIL,), "email sms letter call"),
        ("email", (TELEPHONE,), "call"),
        ("email", (TELEPHONE, EMAIL), "email sms letter call"),
        ("email", (LETTER,), "letter email sms call"),
        ("sms", (EASY_READ,), "email letter call"),
        ("email", (MOON,), "call"),
    ],
)
def test_needs_stand_above_the_preference_and_staff_are_the_last_resort(
    prefers: str, needs: tuple[str, ...], channels: str
) -> None:
    person = a_participant(prefers=prefers, needs=needs)

    assert person.channels(ALL, ALL) == [Channel(each) for each in channels.split()]


@pytest.mark.parametrize("prefers", ["sms", "letter"])
def test_what_a_person_wants_and_we_cannot_send_is_done_by_staff(prefers: str) -> None:
    assert a_participant(prefers=prefers).channels(ALL, [Channel.EMAIL]) == [Channel.CALL]


@pytest.mark.parametrize(
    ("prefers", "needs", "channels"),
    [
        ("email", (), "sms letter call"),
        ("phone", (), "email sms letter call"),
        ("phone", (TELEPHONE,), "call"),
    ],
)
def test_who_is_silent_is_reached_by_another_channel(
    prefers: str, needs: tuple[str, ...], channels: str
) -> None:
    person = a_participant(prefers=prefers, needs=needs)

    assert person.other_channels(ALL, ALL) == [Channel(each) for each in channels.split()]


@given(
    st.sampled_from(["email", "sms", "letter", "phone"]),
    st.sets(st.sampled_from(EVERY_NEED)),
    st.sets(st.sampled_from(ALL)),
    st.sets(st.sampled_from(ALL)),
)
def test_every_way_of_reaching_a_person_ends_with_staff_and_none_is_tried_twice(
    prefers: str, needs: set[str], contacts: set[Channel], served: set[Channel]
) -> None:
    person = a_participant(prefers=prefers, needs=tuple(needs))

    for found in (person.channels(contacts, served), person.other_channels(contacts, served)):
        assert found[-1] is Channel.CALL
        assert len(found) == len(set(found))
        assert set(found[:-1]) <= contacts & served
        assert not (CALL_NEEDS & needs and not needs & {EMAIL, SMS_NEED, LETTER}) or len(found) == 1


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


def test_a_provider_that_never_takes_letters_may_take_texts() -> None:
    passed_by = replace(a_message(), channel=Channel.LETTER, passed_by=("notify",))

    assert passed_by.by(Channel.LETTER).passed_by == ("notify",)
    assert passed_by.by(Channel.SMS).passed_by == ()


def test_what_is_sent_in_place_of_a_message_is_one_whatever_says_so_and_however_often() -> None:
    failed = a_message().settled(Status.FAILED, Channel.EMAIL, NOW, "mail-refused")

    instead = failed.instead(NOW, Channel.EMAIL)

    assert (instead.status, instead.error_code, instead.version) == (Status.QUEUED, None, 0)
    assert (instead.instead_of, instead.tried) == (failed.id, (Channel.EMAIL,))
    assert instead.id == failed.instead(NOW, Channel.EMAIL).id != failed.id


@pytest.mark.parametrize(
    ("kind", "place_gone", "news"),
    [
        (Kind.CHANGED, False, False),
        (Kind.CANCELLED, False, False),
        (Kind.INVITATION, False, False),
        (Kind.REMINDER, False, False),
        (Kind.EXPIRED, False, True),
        (Kind.DECLINED, False, True),
        (Kind.DECLINED, True, False),
    ],
)
def test_only_what_a_person_may_do_without_is_news(
    kind: Kind, *, place_gone: bool, news: bool
) -> None:
    assert a_message(kind).is_news(an_invitation(place_gone=place_gone)) is news
