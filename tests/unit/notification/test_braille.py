"""Braille files: what an embosser takes, and what a finger reads in it."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.clients.documents import braille, require_liblouis
from services.notification.clients.documents.braille import (
    BrailleError,
    Grade,
    NotInstalledError,
)
from shared.errors import UnavailableError
from tests.builders.documents import a_reading

BRF_SIGNS = set(" ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,'-/\";!#$%&()*+.:<=>?@[\\]^_")
ANYTHING = st.text(
    st.one_of(st.characters(), st.sampled_from("\\x\u202e\u200f\u0000\n\f\r -#\u4e2d😀aA1")),
    max_size=200,
)


def rows(content: bytes) -> list[list[str]]:
    pages = content.decode("ascii").split("\f")
    assert pages.pop() == ""
    assert all(page.endswith("\r\n") for page in pages)
    return [page.split("\r\n")[:-1] for page in pages]


def cells(content: bytes) -> str:
    return " ".join(" ".join(row for page in rows(content) for row in page[:24]).split())


def read_back(content: bytes, table: str) -> str:
    """Return what liblouis reads in a file, for one of a single page without headings."""
    told = subprocess.run(  # noqa: S603 - the installed translator, on our own text
        ["lou_translate", "--backward", f"en-us-brf.dis,{table}"],  # noqa: S607
        input=cells(content), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.strip()


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (1, ",YOU ARE INVITED4 ,PLEASE ANSWER BY #E ,MAY4"),
        (2, ",Y >E 9VIT$4 ,PL1SE ANSW] BY #E ,MAY4"),
    ],
)
def test_the_grade_that_a_person_reads_is_written(grade: Grade, expected: str) -> None:
    content = braille("You are invited. Please answer by 5 May.", grade)

    assert cells(content) == expected


@pytest.mark.parametrize(("grade", "table"), [(1, "en-ueb-g1.ctb"), (2, "en-ueb-g2.ctb")])
def test_what_was_written_can_be_read_back(grade: Grade, table: str) -> None:
    words = "Please say yes or no by 5pm on Friday 12 May. Pay is £25, Łukasz O'Brien."

    assert read_back(braille(words, grade), table) == words


def test_a_page_has_25_lines_of_at_most_40_cells_and_ends_with_its_number() -> None:
    pages = rows(braille(a_reading().text * 2, 1))

    assert len(pages) > 1
    assert {len(page) for page in pages} == {25}
    assert all(len(row) <= 40 for page in pages for row in page)
    assert [page[24].strip() for page in pages[:2]] == ["#A", "#B"]


def test_headings_are_centred_paragraphs_begin_in_cell_three_and_lists_run_over_in_cell_three() -> (
    None
):
    text = a_reading("# Pay\n\nWe pay.\n\n- " + "money " * 12).text

    [page] = rows(braille(text, 1))

    assert page[0] == ",PAY".center(40).rstrip()
    assert page[1] == "  ,WE PAY4"
    assert page[2].startswith("MONEY")
    assert page[3].startswith("  MONEY")


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    for lines in range(18, 26):
        text = a_reading("# One\n\n" + "- word\n" * lines + "\n## Two\n\nlast").text

        pages = rows(braille(text, 1))

        [page] = [page for page in pages if any("TWO" in row for row in page)]
        assert any("LA" in row for row in page[:24])


def test_a_word_longer_than_a_line_goes_on_after_the_sign_for_it() -> None:
    content = braille("https://wlc.example.org/" + "a" * 90, 1)

    [page] = rows(content)
    lines = [row for row in page[:24] if row]
    assert all(row.endswith('"') for row in lines[:-1])
    assert "".join(row.strip().removesuffix('"') for row in lines).count("A") >= 90


def test_a_long_paragraph_keeps_every_word() -> None:
    content = braille("word " * 2_000 + "end", 1)

    assert cells(content).split() == ["WORD"] * 2_000 + ["END"]


def test_a_word_that_liblouis_cannot_hold_stays_one_word() -> None:
    [page] = rows(braille("x" + "a" * 700 + "x end", 1))

    lines = [row for row in page[:24] if row]
    assert "".join(row.strip().removesuffix('"') for row in lines) == f"X{'A' * 700}X END"


def test_what_braille_has_no_sign_for_stands_there_by_its_name() -> None:
    content = braille("Hello 😀 you", 1)

    assert cells(content) == ',HELLO "<GRINNING FACE"> YOU'


def test_what_only_says_where_a_word_may_be_divided_is_left_out() -> None:
    content = braille("co\u00adopera\u200btion", 1)

    assert cells(content) == "COOPERATION"


@pytest.mark.parametrize("words", ["a\\x b", "\\", "\\\\server\\x4e2d", "\\n\\t\\e"])
def test_a_backslash_is_a_sign_like_any_other(words: str) -> None:
    content = braille(words, 1)

    assert cells(content).count("_*") == words.count("\\")


@settings(deadline=None, max_examples=60)
@given(ANYTHING, st.sampled_from([1, 2]))
def test_any_words_make_a_file_that_an_embosser_takes(text: str, grade: Grade) -> None:
    pages = rows(braille(text, grade))

    assert {len(page) for page in pages} == {25}
    assert all(len(row) <= 40 for page in pages for row in page)
    assert {sign for page in pages for row in page for sign in row} <= BRF_SIGNS


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text("abcdefghij ", min_size=1).filter(str.strip), min_size=1, max_size=8))
def test_no_word_is_lost_between_lines_and_pages(paragraphs: list[str]) -> None:
    written = cells(braille("\n\n".join(paragraphs), 1))

    letters = re.sub('[" ;]', "", written)
    assert letters == "".join("".join(paragraphs).split()).upper()


def test_liblouis_is_here() -> None:
    require_liblouis()


def test_its_absence_is_told_at_the_start_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotInstalledError, match="liblouis-bin and liblouis-data"):
        require_liblouis()


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("exit 3", UnavailableError),
        ("kill -SEGV $$", UnavailableError),
        ("cat >/dev/null; echo only one", BrailleError),
    ],
)
def test_a_translator_that_fails_loses_nothing_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, error: type[Exception]
) -> None:
    broken = tmp_path / "lou_translate"
    broken.write_text(f"#!/bin/sh\n{program}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(error) as raised:
        braille("Asha Patel\n\nSecond line", 2)

    assert "Asha" not in str(raised.value)
    assert raised.value.__cause__ is None
