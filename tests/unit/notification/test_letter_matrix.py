"""Every message in every form, for every need, language and state: whole, nothing left over."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import smsutil
from tinyhtml5.parser import HTMLParser

from services.notification.clients.letters import MarkdownComposer
from services.notification.clients.letters.library import STAFF_KINDS, WRITTEN_KINDS, Library
from services.notification.clients.letters.writer import Writer
from services.notification.domain import ONLY_CALLED, Chosen, Kind, Letter, Match, Session, Venue
from services.notification.domain.people import Format
from tests.builders.languages import a_language
from tests.builders.letter_forms import LARGE, TO, discreet, every_form, in_format
from tests.builders.letters import LINKS, text_of
from tests.builders.notification import (
    LETTERHEAD,
    a_letter,
    a_match,
    a_message,
    a_session,
)
from tests.builders.staff_news import a_staff_session

ONLINE = Venue("Online", "", None, online=True, access=())
FIRST = a_session()
SECOND = a_session(FIRST.starts_at + timedelta(days=14))

STATES: dict[str, dict[str, object]] = {
    "pay": {"gbp_per_hour": 15},
    "no pay": {"gbp_per_hour": None},
    "time credits": {"gbp_per_hour": None, "time_credits": 2.5},
    "pay or time credits": {"gbp_per_hour": 12.5, "time_credits": 1},
    "online": {"sessions": (replace(FIRST, venue=ONLINE),)},
    "two sessions": {"sessions": (FIRST, SECOND)},
    "dropped session": {"sessions": (FIRST,), "dropped": (SECOND,)},
    "reserve": {"chosen": Chosen("reserve", 0.08)},
    "staff choice": {"chosen": Chosen("staff")},
    "lot": {"chosen": Chosen("lot", 0.12)},
    "sure": {"chosen": Chosen("lot", 1.0)},
    "place gone": {"answer": "declined", "place_gone": True},
    "accepted": {"answer": "accepted"},
    "no description": {"description": ""},
}
NEEDS = {"none": (), "signs": ("415803005",), "interpreter": ("204331000000107",)}
LANGUAGES = ("en", "pl", "so")
LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\[\]|Undefined|%\(|\ue000|\.invalid")
DOUBLE_BLANK = re.compile(r"\S  +\S|\n\n\n")
KINDS = sorted(WRITTEN_KINDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    a_language(folder, "pl")
    a_language(folder, "so", review=None)
    return folder


@pytest.fixture(scope="module")
def composer(folder: Path) -> MarkdownComposer:
    return MarkdownComposer(LETTERHEAD, LINKS, locale_folder=folder)


@pytest.fixture(scope="module")
def writer(folder: Path) -> Writer:
    return Writer(LETTERHEAD, Library(folder))


def letters_of(kind: Kind) -> Iterator[Letter]:
    """Yield a letter for each need, language and state, discreet or not."""
    for (needs, language), state in product(product(NEEDS.values(), LANGUAGES), STATES.values()):
        letter = a_letter(kind, **state)
        person = replace(letter.participant, needs=needs, language=language)
        film = "https://films.example.org/a_(b)?x=1&y=*2*"
        found = replace(letter, participant=person, film=film)
        yield from (found, discreet(found))


def leftovers(text: str) -> list[str]:
    return [*LEFTOVERS.findall(text), *DOUBLE_BLANK.findall(text)]


def html_faults(page: str) -> list[object]:
    parser = HTMLParser()
    parser.parse(page)
    return list(parser.errors)


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_of_every_state_is_whole_and_valid(
    kind: Kind, composer: MarkdownComposer
) -> None:
    for letter in letters_of(kind):
        mail = composer.email(letter, TO)

        page = mail.get_body(("html",)).get_content()
        assert leftovers(text_of(mail)) == []
        assert LEFTOVERS.findall(page + mail["Subject"]) == []
        if letter.participant.language != "so" and letter.participant.needs == NEEDS["signs"]:
            assert html_faults(page) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_form_of_every_state_is_whole(kind: Kind, writer: Writer) -> None:
    for letter in letters_of(kind):
        on_paper = writer.standard(letter, on_paper=True)
        easy = writer.easy_read(letter)

        for words in (on_paper, easy):
            text = words.reading.text.replace("\ue000", "Asha")
            assert leftovers(re.sub(r"https://\w+\.invalid/", "https://a", text)) == []
        assert "e-mail" not in on_paper.reading.text
        assert all(line.picture or line.words for line in easy.lines)
        assert leftovers(writer.script(letter).replace("\ue000", "[name]")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_message_is_short_and_costs_no_more_than_it_must(
    kind: Kind, composer: MarkdownComposer
) -> None:
    for letter in letters_of(kind):
        words = composer.text_message(letter, TO).words

        assert leftovers(words) == []
        if "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}" not in words:
            assert len(words) <= 306
            assert smsutil.is_valid_gsm(words)
            assert len(smsutil.split(words).parts) <= 2


@pytest.mark.parametrize("kind", sorted(ONLY_CALLED))
def test_every_script_for_a_call_is_whole(kind: Kind, composer: MarkdownComposer) -> None:
    for letter in letters_of(kind):
        assert leftovers(composer.script(letter)) == []


@pytest.mark.parametrize("kind", sorted(WRITTEN_KINDS | ONLY_CALLED))
def test_a_script_makes_sure_of_the_person_before_it_says_what_it_is_about(
    kind: Kind, composer: MarkdownComposer
) -> None:
    script = composer.script(a_letter(kind))

    before, sure, after = script.partition("speak to the right person")
    assert sure
    assert "Leaving the ward" not in before
    assert "[name]" in before
    assert "Asha" not in script
    assert "/i/" not in after


@pytest.mark.parametrize(
    ("kind", "language"), [*((kind, "en") for kind in KINDS), (Kind.INVITATION, "pl")]
)
def test_every_file_of_a_letter_is_whole(
    kind: Kind, language: str, composer: MarkdownComposer
) -> None:
    letter = a_letter(kind, sessions=(FIRST, SECOND))
    letter = replace(letter, participant=replace(letter.participant, language=language))

    for form, text in every_form(letter, composer):
        words = text.partition("%PDF")[0]
        assert re.findall(r"\{\{|%\(|\ue000|\.invalid", words) == [], form


@pytest.mark.parametrize("points", [14, 20, 24, 28])
def test_paper_has_the_type_size_that_the_person_reads(
    points: int, composer: MarkdownComposer
) -> None:
    letter = in_format(a_letter(), Format.STANDARD, points=points)
    mail = composer.email(letter, TO)

    posted = composer.postal(letter, TO)

    assert f"font-size: {points}pt" in mail.get_body(("html",)).get_content()
    assert posted.document.media_type == "application/pdf"
    assert posted.key == letter.message.id
    assert posted.address == ("Asha Patel", "12 High Road", "London W5 2AB")
    assert set(LARGE) == {20, 24, 28}


@pytest.mark.parametrize(
    ("form", "endings"),
    [
        (Format.STANDARD, []),
        (Format.EASY_READ, ["letter.pdf"]),
        (Format.BRAILLE_1, ["letter.brf"]),
        (Format.BRAILLE_2, ["letter.brf"]),
        (Format.AUDIO, []),
    ],
)
def test_an_email_brings_the_file_that_goes_with_the_format(
    form: Format, endings: list[str], composer: MarkdownComposer
) -> None:
    mail = composer.email(in_format(a_letter(), form), TO)

    files = [part.get_filename() for part in mail.iter_attachments() if part.get_filename()]
    assert files == endings
    assert mail["Content-Language"] == "en-GB"


@pytest.mark.parametrize(
    ("form", "ending"),
    [
        (Format.STANDARD, "pdf"),
        (Format.EASY_READ, "pdf"),
        (Format.BRAILLE_1, "brf"),
        (Format.BRAILLE_2, "brf"),
        (Format.AUDIO, "txt"),
    ],
)
def test_a_letter_by_post_is_the_file_that_goes_with_the_format(
    form: Format, ending: str, composer: MarkdownComposer
) -> None:
    assert composer.postal(in_format(a_letter(), form), TO).document.ending == ending


STAFF_STATES = [
    (kind, subject, sequence)
    for kind in sorted(STAFF_KINDS - {Kind.STAFF_DIGEST})
    for sequence in (1, 2)
    for subject in (
        (a_match(), a_match(unmet=("Ethnicity mixed: 2 wanted, 1 found.",)))
        if kind in {Kind.STAFF_MATCH, Kind.STAFF_SHORT}
        else (a_staff_session(), a_staff_session(starts_at=None, missing=0, reasons=()))
    )
]


@pytest.mark.parametrize(("kind", "subject", "sequence"), STAFF_STATES)
def test_every_mail_to_staff_is_whole_and_valid(
    kind: Kind, subject: Match | Session, sequence: int, composer: MarkdownComposer
) -> None:
    message = a_message(kind, sequence=sequence, match_id="m", session_id="s")

    mail = composer.to_staff(message, subject)

    page = mail.get_body(("html",)).get_content()
    assert leftovers(text_of(mail)) == []
    assert LEFTOVERS.findall(page) == []
    assert html_faults(page) == []


def test_a_digest_of_all_news_is_whole_and_valid(composer: MarkdownComposer) -> None:
    items = [
        (a_message(kind, sequence=at, match_id="m", session_id="s"), about)
        for kind, about, at in STAFF_STATES
    ]

    mail = composer.to_staff_digest("west-london", items, key="digest-1")

    page = mail.get_body(("html",)).get_content()
    assert leftovers(text_of(mail)) == []
    assert html_faults(page) == []
    assert text_of(mail).count("https://wlc.example.org/") == len(items)


def test_a_recording_says_whom_to_ring_and_spells_no_link(composer: MarkdownComposer) -> None:
    posted = composer.postal(in_format(a_letter(), Format.AUDIO), TO)

    script = posted.document.content.decode()
    assert "Ring us on 020 7946 0123." in script
    assert "/i/" not in script
