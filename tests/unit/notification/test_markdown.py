"""Values inside a Markdown source stay what they are."""

import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.clients import markdown

MARKS = st.text(st.sampled_from(list("ab 1.*_[]()<>#!\\`&;~-+=|:/\n\u202e\"'{}%")), max_size=30)


def letter_with(value: str) -> str:
    inline = markdown.neutral(value)
    return f"# h\n\n**{inline}**, for {inline}\n\n- {inline}\n\n{markdown.quoted(value)}\n"


@settings(deadline=None)
@given(MARKS)
def test_every_mark_in_a_value_is_shown_as_it_is(value: str) -> None:
    words = markdown.one_line(value)

    reading = markdown.read(letter_with(value))

    assert html.unescape(re.sub("<[^>]*>", "", reading.html)).count(words) >= 3
    assert reading.text.count(words) >= 3
    assert "<a" not in reading.html


@settings(deadline=None)
@given(MARKS)
def test_a_subject_shows_the_words_and_no_escapes(value: str) -> None:
    assert markdown.plain(markdown.neutral(value)) == markdown.one_line(value)


def test_marks_that_turn_the_direction_of_text_are_taken_out() -> None:
    assert markdown.one_line("a\u202ex\u0000b") == "ax b"
