"""What comes into a person's calendar with a letter."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.notification.domain import Kind, Venue
from tests.builders.letters import TO_PEOPLE, calendars_of, text_of, written
from tests.builders.notification import TITLE, a_letter, a_session


@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_no_subject_line_or_calendar_tells_what_it_is_about(kind: Kind) -> None:
    mail = written(a_letter(kind, answer="accepted"))

    assert TITLE not in mail["Subject"]
    assert "Trust" not in mail["Subject"]
    for calendar in calendars_of(mail):
        assert TITLE not in calendar.to_ical().decode()


@pytest.mark.parametrize(
    ("kind", "answer", "method", "status"),
    [
        (Kind.INVITATION, "invited", "REQUEST", "TENTATIVE"),
        (Kind.ACCEPTED, "accepted", "REQUEST", "CONFIRMED"),
        (Kind.CHANGED, "accepted", "REQUEST", "CONFIRMED"),
        (Kind.DECLINED, "declined", "CANCEL", "CANCELLED"),
        (Kind.CANCELLED, "cancelled", "CANCEL", "CANCELLED"),
        (Kind.EXPIRED, "expired", "CANCEL", "CANCELLED"),
    ],
)
def test_a_calendar_entry_comes_and_goes_with_the_place(
    kind: Kind, answer: str, method: str, status: str
) -> None:
    letter = a_letter(kind, answer=answer, sequence=3)

    [calendar] = calendars_of(written(letter))

    [event] = calendar.walk("VEVENT")
    assert (calendar["method"], event["status"]) == (method, status)
    assert event["uid"] == letter.invitation.sessions[0].id
    assert event["sequence"] == 3
    assert event["class"] == "PRIVATE"


def test_the_calendar_part_names_its_method_for_mail_programs() -> None:
    mail = written(a_letter())

    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]

    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part["Content-Type"].params["charset"] == "utf-8"


def test_every_session_of_a_series_keeps_its_local_time_across_the_clock_change() -> None:
    starts = [
        datetime(2026, 3, 24, 10, tzinfo=UTC),
        datetime(2026, 4, 7, 9, tzinfo=UTC),
    ]
    letter = a_letter(sessions=tuple(a_session(start) for start in starts))

    mail = written(letter)

    events = [event for calendar in calendars_of(mail) for event in calendar.walk("VEVENT")]
    assert [event["dtstart"].dt.astimezone(UTC) for event in events] == starts
    assert [event["dtstart"].dt.hour for event in events] == [10, 10]
    assert {event["uid"] for event in events} == {s.id for s in letter.invitation.sessions}
    assert "Tuesday 24 March 2026, 10:00am to 11:30am" in text_of(mail)
    assert "Tuesday 7 April 2026, 10:00am to 11:30am" in text_of(mail)


def test_a_place_in_a_calendar_has_no_signs_that_are_not_seen() -> None:
    venue = Venue("Long\x00\x1bHall\u202e", "1 High\r\nStreet", "W5 5JH", online=False, access=())
    letter = a_letter(sessions=(replace(a_session(), venue=venue),))

    [calendar] = calendars_of(written(letter))

    [event] = calendar.walk("VEVENT")
    assert event["location"] == "Long Hall, 1 High Street, W5 5JH"
