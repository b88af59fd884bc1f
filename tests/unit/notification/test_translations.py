"""What is said in another language, and when it is not."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from services.notification.clients.letters import MarkdownComposer
from services.notification.clients.letters.catalogues import is_complete, review
from services.notification.clients.letters.library import SHIPPED, WRITTEN_KINDS
from services.notification.domain import Chosen, Kind, Letter
from tests.builders.languages import a_language, saved
from tests.builders.letters import LINKS, calendars_of, text_of
from tests.builders.notification import (
    LETTERHEAD,
    a_letter,
    a_match,
    a_message,
    an_addressee,
)

ROOT = Path(__file__).resolve().parents[3]
KINDS = sorted(WRITTEN_KINDS)
INVITED = 'msgid "You are invited"\nmsgstr "«You are invited»"'


def composer(folder: Path) -> MarkdownComposer:
    return MarkdownComposer(LETTERHEAD, LINKS, locale_folder=folder)


def letter_in(language: str, kind: Kind = Kind.INVITATION, **fields: object) -> Letter:
    letter = a_letter(kind, **fields)
    return replace(letter, participant=replace(letter.participant, language=language))


def said_in_english(text: str) -> list[str]:
    """Return the lines that hold words of ours outside the marks of a test's language."""
    outside = re.sub(r"«[^«»]*(?:«[^«»]*»[^«»]*)*»", "", text)
    return [line for line in outside.splitlines() if re.search(r"[a-z]{3}", line)]


@pytest.fixture(scope="module")
def polyglot(tmp_path_factory: pytest.TempPathFactory) -> MarkdownComposer:
    folder = tmp_path_factory.mktemp("locale")
    for code in ("pl", "ar"):
        a_language(folder, code)
    a_language(folder, "so", review=None)
    return composer(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_reviewed_language_is_spoken_throughout(kind: Kind, polyglot: MarkdownComposer) -> None:
    mail = polyglot.email(
        letter_in("pl", kind, title="T", partner="P", description="D"), an_addressee()
    )

    rest = [line for line in said_in_english(text_of(mail)) if not line.startswith("https://")]
    assert polyglot.is_translated(kind, "pl")
    assert rest in ([], ["West London Collaborative"])
    assert mail["Subject"].startswith("«")
    assert mail["Content-Language"] == "pl"


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_reviewed_is_not_said(kind: Kind, polyglot: MarkdownComposer) -> None:
    letter = letter_in("so", kind)

    mail = polyglot.email(letter, an_addressee())

    assert not polyglot.is_translated(kind, "so")
    assert "«" not in mail.as_string()
    assert mail["Content-Language"] == "en-GB"


@pytest.mark.parametrize(
    "flaw",
    [
        "#, fuzzy\n" + INVITED,
        INVITED.replace("«You are invited»", ""),
        INVITED.replace("«You are invited»", "   "),
        INVITED.replace("«You are invited»", "«%(name)s»"),
        "",
    ],
    ids=["fuzzy", "empty", "blank", "other values", "missing"],
)
def test_one_entry_that_does_not_count_leaves_its_messages_english(
    flaw: str, tmp_path: Path
) -> None:
    file = a_language(tmp_path, "pl")
    text = file.read_text()
    assert INVITED in text
    file.write_text(text.replace(INVITED, flaw))

    text = text_of(composer(tmp_path).email(letter_in("pl"), an_addressee()))

    assert "«" not in text
    assert "You are invited" in text
    assert not composer(tmp_path).is_translated(Kind.INVITATION, "pl")
    assert composer(tmp_path).is_translated(Kind.REMINDER, "pl")


def test_every_form_of_a_message_is_translated_or_none_is(tmp_path: Path) -> None:
    file = a_language(tmp_path, "pl")
    easy = 'msgid "We invite you to a meeting."\nmsgstr "«We invite you to a meeting.»"'
    assert easy in file.read_text()
    file.write_text(file.read_text().replace(easy, ""))

    assert not composer(tmp_path).is_translated(Kind.INVITATION, "pl")


def test_dates_times_and_money_are_those_of_the_language(polyglot: MarkdownComposer) -> None:
    text = text_of(polyglot.email(letter_in("pl"), an_addressee()))

    assert "wtorek, 3 marca 2026" in text
    assert "10:00" in text
    assert "10:00am" not in text
    assert "22,50" in text


def test_a_language_from_right_to_left_is_laid_out_so(polyglot: MarkdownComposer) -> None:
    mail = polyglot.email(letter_in("ar"), an_addressee())

    html = mail.get_body(("html",)).get_content()
    assert '<html lang="ar" dir="rtl">' in html
    assert "border-right: 4px" in html


def test_what_others_wrote_keeps_its_own_direction(polyglot: MarkdownComposer) -> None:
    letter = letter_in("ar", title="Why us?", description="Come.\n\nPlease.")

    text = text_of(polyglot.email(letter, an_addressee()))

    for words in ("Why us?", "Come.", "Please."):
        assert f"\N{FIRST STRONG ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}" in text
    assert "\N{FIRST STRONG ISOLATE}" not in text_of(
        polyglot.email(letter_in("pl"), an_addressee())
    )


def test_what_comes_into_the_calendar_is_in_the_language(polyglot: MarkdownComposer) -> None:
    [calendar] = calendars_of(polyglot.email(letter_in("pl"), an_addressee()))

    [event] = calendar.walk("VEVENT")
    assert event["summary"] == "«West London Collaborative session»"


def test_what_a_translation_says_can_only_be_words(tmp_path: Path) -> None:
    file = a_language(tmp_path, "pl")
    hostile = "[win](https://evil.example.org) **b** <script> # %(link)"
    file.write_text(file.read_text().replace("«You are invited»", hostile))

    mail = composer(tmp_path).email(letter_in("pl"), an_addressee())

    html = mail.get_body(("html",)).get_content()
    assert hostile in text_of(mail)
    assert "evil.example.org</" not in html
    assert 'href="https://evil' not in html
    assert "<script" not in html


@pytest.mark.parametrize("chance", [0.12, 0.0012])
def test_a_chance_is_said_in_the_language(chance: float, polyglot: MarkdownComposer) -> None:
    letter = letter_in("pl", chosen=Chosen("lot", chance))

    text = text_of(polyglot.email(letter, an_addressee()))

    assert re.search(r"You had a chance of about «\d+ in [\d,]+»\.»", text)


def test_staff_are_told_in_english_and_say_english(polyglot: MarkdownComposer) -> None:
    mail = polyglot.to_staff(a_message(Kind.STAFF_MATCH), a_match())
    script = polyglot.script(letter_in("pl"))

    assert "«" not in text_of(mail)
    assert "«" not in script


def test_a_language_that_nobody_knows_the_dates_of_is_refused_at_start(tmp_path: Path) -> None:
    a_language(tmp_path, "pl").parent.parent.rename(tmp_path / "syl")

    with pytest.raises(ValueError, match="syl"):
        composer(tmp_path)


@pytest.mark.parametrize(
    ("line", "reviewed"),
    [
        ("Anna Nowak, 2026-11-02", "Anna Nowak, 2026-11-02"),
        ("Anna Nowak, PhD, 2026-11-02", "Anna Nowak, PhD, 2026-11-02"),
        ("2026-11-02", None),
        ("Anna Nowak", None),
        ("", None),
        (None, None),
    ],
)
def test_a_review_names_somebody_and_a_day(
    line: str | None, reviewed: str | None, tmp_path: Path
) -> None:
    assert review(a_language(tmp_path, "pl", review=line)) == reviewed


def test_a_plural_says_all_its_values_in_each_form(tmp_path: Path) -> None:
    file = a_language(tmp_path, "pl")
    catalog = read_po(io.BytesIO(file.read_bytes()), locale="pl")
    one = "That is %(total)s in all, for %(num)s session."
    entry = catalog[one]

    whole = is_complete(entry, catalog)
    entry.string = ("%(total)s", "%(total)s %(num)s", "%(num)s")
    lacking = is_complete(entry, catalog)
    entry.string = ("%(total)s", "%(total)s %(num)s", "%(total)s")
    without_number = is_complete(entry, catalog)

    assert (whole, lacking, without_number) == (True, False, True)
    assert saved(catalog, tmp_path, "pl", None).exists()


def test_the_template_for_translators_is_what_the_messages_say() -> None:
    checked = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, str(ROOT / "docs" / "catalogue.py"), "--check"],
        check=False,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT)},
    )

    assert (checked.returncode, checked.stderr) == (0, b"")


def test_no_translation_is_shipped() -> None:
    assert list(SHIPPED.rglob("*.po")) == []


def test_bringing_a_language_up_to_date_keeps_its_review(tmp_path: Path) -> None:
    file = a_language(tmp_path, "pl")
    file.write_text(file.read_text().replace(INVITED, ""))

    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, str(ROOT / "docs" / "catalogue.py"), "--folder", str(tmp_path)],
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )

    assert review(file) == "A. Nowak, 2026-11-02"
    assert composer(tmp_path).is_translated(Kind.REMINDER, "pl")
    assert not composer(tmp_path).is_translated(Kind.INVITATION, "pl")
    assert 'msgid "You are invited"' in file.read_text()
