"""What a person reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.clients.letters import MarkdownComposer
from services.notification.domain import Chosen, Hub, Kind, Letter, Letterhead, RefusedError
from shared.links import OPEN_AFTER_THE_LAST_SESSION, Purpose
from tests.builders.letters import COMPOSER, LINKS, TO_PEOPLE, text_of, written
from tests.builders.notification import (
    HUB,
    TITLE,
    a_letter,
    a_match,
    a_message,
    a_participant,
    a_session,
    an_addressee,
)

HOSTILE = "<script>alert(1)</script> [win](javascript:x) ![p](http://evil/) **b** # h \\ `c` &lt;"


class Page(HTMLParser):
    """The tags, links, headings and words of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language: str | None = None
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.language = found.get("lang") or self.language
        if tag == "a":
            self.links.append(found["href"] or "")

    def handle_data(self, data: str) -> None:
        self.words += data


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


def test_an_invitation_says_who_asks_what_for_when_where_pay_and_by_when() -> None:
    text = text_of(written(a_letter()))

    for fact in (
        "Hello Asha",
        "North West London Trust would like you",
        TITLE,
        "Tuesday 3 March 2026, 10:00am to 11:30am",
        "Lido Centre, 63 Mattock Lane, London, W13 9LA",
        "£15 for each hour",
        "£22.50 in all",
        "by 5:00pm on Friday 20 February 2026",
    ):
        assert fact in text


@pytest.mark.parametrize("kind", [Kind.INVITATION, Kind.ACCEPTED, Kind.DECLINED, Kind.REMINDER])
def test_its_one_link_names_the_invitation(kind: Kind) -> None:
    letter = a_letter(kind, answer="accepted")

    [link] = set(Page(html_of(written(letter))).links)

    assert link.startswith("https://wlc.example.org/i/")
    opens = LINKS.read(link.rpartition("/")[2], Purpose.INVITATION)
    assert opens
    assert opens.of == UUID(letter.message.invitation_id)
    assert opens.ends_at == letter.invitation.sessions[-1].ends_at + OPEN_AFTER_THE_LAST_SESSION
    assert link in text_of(written(letter))


@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_html_and_text_say_the_same_words(kind: Kind) -> None:
    mail = written(a_letter(kind))

    said = " ".join(Page(html_of(mail)).words.split())

    for line in text_of(mail).splitlines():
        words = line.removeprefix("- ").removesuffix(":").strip(" -")
        assert words in said or words.startswith("https://")


@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_html_is_one_titled_page_in_british_english(kind: Kind) -> None:
    page = Page(html_of(written(a_letter(kind))))

    assert page.language == "en-GB"
    assert page.tags.count("h1") == 1
    assert {"title", "main"} <= set(page.tags)


def test_large_print_is_given_to_whoever_needs_it() -> None:
    assert "font-size: 24pt" in html_of(
        written(replace(a_letter(), participant=a_participant(needs=("957351000000102",))))
    )


@pytest.mark.parametrize("field", ["title", "description", "partner"])
def test_what_partners_write_can_only_be_words(field: str) -> None:
    mail = written(a_letter(**{field: HOSTILE}))

    page = Page(html_of(mail))
    assert not {"script", "img", "code", "b"} & set(page.tags)
    assert len(set(page.links)) == 1
    assert page.tags.count("h1") == 1
    assert " ".join(HOSTILE.split()) in page.words
    assert HOSTILE in text_of(mail)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_comes_through_as_the_words_it_is(title: str) -> None:
    page = Page(html_of(written(a_letter(title=title, description=title))))

    assert len(set(page.links)) == 1
    assert page.tags.count("h1") == 1
    assert "blockquote" not in page.tags or page.tags.count("blockquote") == 1


def test_a_name_with_line_breaks_adds_no_header() -> None:
    letter = a_letter(title="A\r\nBcc: all@example.org", partner="B\nX-Evil: 1")

    mail = written(letter, address_as="Asha\r\nBcc: all@example.org")

    assert mail["Bcc"] is None
    assert b"\nBcc:" not in mail.as_bytes().partition(b"\r\n\r\n")[0]


def test_a_staff_subject_with_line_breaks_stays_one_line() -> None:
    match = a_match(title="A\r\nBcc: all@example.org")

    mail = COMPOSER.to_staff(a_message(Kind.STAFF_MATCH, match_id=match.id), match)

    assert mail["Bcc"] is None
    assert mail["Subject"].endswith("A Bcc: all@example.org")


@given(st.text("ab éß", min_size=20, max_size=120))
@settings(max_examples=200, deadline=None)
def test_a_subject_of_any_length_begins_on_its_first_line(title: str) -> None:
    match = a_match(title=title)

    mail = COMPOSER.to_staff(a_message(Kind.STAFF_MATCH, match_id=match.id), match)

    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    first = mail.as_bytes().partition(b"\r\n")[0]
    assert first.startswith((b"Subject: A panel", b"Subject: =?"))
    assert max(map(len, mail.as_bytes().partition(b"\r\n\r\n")[0].splitlines())) <= 78
    assert read["Subject"] == mail["Subject"]


def test_a_long_subject_in_plain_letters_is_folded_between_words() -> None:
    match = a_match(title="Leaving the ward: a discharge that holds")

    mail = COMPOSER.to_staff(a_message(Kind.STAFF_MATCH, match_id=match.id), match)

    assert mail.as_bytes().splitlines()[:2] == [
        b"Subject: A panel is ready for your decision: Leaving the ward: a discharge",
        b" that holds",
    ]


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(RefusedError) as refusal:
        written(a_letter(), email="not an address")

    assert "not an address" not in str(refusal.value)


def test_the_same_message_has_the_same_message_id() -> None:
    letter = a_letter()

    assert written(letter)["Message-ID"] == written(letter)["Message-ID"]
    assert letter.message.id in written(letter)["Message-ID"]


def test_a_session_past_midnight_names_both_days() -> None:
    late = a_session(datetime(2026, 3, 3, 23, tzinfo=UTC))

    text = text_of(written(a_letter(sessions=(late,))))

    assert "Tuesday 3 March 2026, 11:00pm to 12:30am, Wednesday 4 March 2026" in text


def test_a_long_paragraph_keeps_to_the_line_length_of_smtp() -> None:
    mail = written(a_letter(description="ward " * 800))

    assert max(len(line) for line in mail.as_bytes().splitlines()) <= 998
    assert "ward " * 799 in text_of(mail)


def test_time_credits_are_named() -> None:
    text = text_of(written(a_letter(gbp_per_hour=None, time_credits=1)))

    assert "You get 1 time credit for each hour." in text


def test_pounds_and_time_credits_are_a_choice_as_on_the_pages() -> None:
    text = text_of(written(a_letter(gbp_per_hour=15, time_credits=1)))

    assert "You get £15 for each hour." in text
    assert "Or you get 1 time credit for each hour instead." in text


def test_unpaid_work_is_said_to_be_unpaid() -> None:
    text = text_of(written(a_letter(gbp_per_hour=0, time_credits=0)))

    assert "There is no pay for this." in text


def test_a_reminder_shows_the_session_that_is_coming_up_and_no_other() -> None:
    first = a_session()
    second = a_session(first.starts_at + timedelta(days=14))

    text = text_of(written(a_letter(Kind.REMINDER, sessions=(first, second))))

    assert "3 March" in text
    assert "17 March" not in text


def test_goodbye_needs_no_invitation() -> None:
    message = a_message(Kind.GOODBYE)
    letter = Letter(message, Kind.GOODBYE, a_participant(standing="left"), None)

    text = text_of(written(letter))

    assert "We will not write to you again" in text
    assert "/i/" not in text


def test_replies_go_to_the_staff_of_the_hub() -> None:
    mail = written(a_letter())

    assert str(mail["Reply-To"]) == "West London Collaborative <team@wlc.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_staff_are_led_to_the_match() -> None:
    match = a_match(status="short", unmet=("Ethnicity mixed: 2 wanted, 1 found.",))

    mail = COMPOSER.to_staff(a_message(Kind.STAFF_SHORT, match_id=match.id), match)

    assert mail["To"] == "team@wlc.example.org"
    assert f"https://wlc.example.org/matches/{match.id}" in text_of(mail)
    assert "- Ethnicity mixed: 2 wanted, 1 found." in text_of(mail)


def test_without_an_address_of_staff_nothing_is_written() -> None:
    composer = MarkdownComposer(Letterhead("a@example.org", "https://x.example.org", {}), LINKS)

    assert composer.to_staff(a_message(Kind.STAFF_MATCH), a_match()) is None


def test_a_hub_without_settings_still_has_a_name() -> None:
    composer = MarkdownComposer(
        Letterhead("a@example.org", "https://x.example.org", {"other": Hub("Other")}), LINKS
    )

    mail = composer.email(a_letter(), an_addressee())

    assert HUB.replace("-", " ").title() in text_of(mail)


HOW_CHOSEN = [
    (Chosen("lot", 0.12), "Names were drawn by lot. You had a chance of about 12 in 100."),
    (Chosen("lot", 0.0012), "Names were drawn by lot. You had a chance of about 1 in 830."),
    (Chosen("lot", 1.0), "Names were drawn by lot. This time you were sure to be drawn."),
    (Chosen("lot", 0.0), "Names were drawn by lot."),
    (Chosen("reserve", 0.08), "You were drawn as a reserve. Then a place became free, so we ask"),
    (Chosen("staff"), "Our staff chose you themselves. Your name was not drawn by lot."),
    (None, "Most people are chosen by a fair lot. A few are asked by our staff."),
]


@pytest.mark.parametrize(("chosen", "said"), HOW_CHOSEN)
def test_an_invitation_says_how_the_person_was_chosen(chosen: Chosen | None, said: str) -> None:
    mail = written(a_letter(chosen=chosen))

    assert said in text_of(mail)
    assert said in " ".join(Page(html_of(mail)).words.split())


@pytest.mark.parametrize("chosen", [Chosen("staff"), Chosen("lot", 0.0), None])
def test_who_had_no_chance_to_tell_is_told_of_none(chosen: Chosen | None) -> None:
    assert "chance of" not in text_of(written(a_letter(chosen=chosen)))


@pytest.mark.parametrize("kind", [each for each in TO_PEOPLE if each is not Kind.INVITATION])
def test_only_the_invitation_speaks_of_the_lot(kind: Kind) -> None:
    assert "lot" not in text_of(written(a_letter(kind, chosen=Chosen("lot", 0.12)))).split()
