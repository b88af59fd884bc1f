"""Scripts for a recording: everything that is said, and how to say it."""

from hypothesis import given
from hypothesis import strategies as st

from services.notification.clients.documents import audio_script
from services.notification.clients.documents.audio import spelt
from services.notification.clients.documents.passages import Form, Passage, passages
from tests.builders.documents import a_reading


def spoken(script: str) -> list[str]:
    body = script.split("[BEGIN", 1)[1].splitlines()[1:]
    return [line for line in body if line and not line.startswith("[")]


def test_every_word_of_the_letter_is_to_be_read_in_order_and_no_other() -> None:
    reading = a_reading()

    script = audio_script(reading.text, "en").decode()

    assert spoken(script) == [each.words for each in passages(reading.text)]


def test_it_says_how_to_begin_and_to_end_and_in_which_language() -> None:
    script = audio_script("Cześć", "pl").decode()

    assert script.startswith("SCRIPT FOR A RECORDING, to be read aloud in Polish")
    assert "[BEGIN: wait two seconds" in script
    assert script.rstrip().endswith("[END: wait two seconds, then stop.]")


def test_a_language_without_a_name_stands_by_its_code() -> None:
    assert "to be read aloud in zz\n" in audio_script("a", "zz").decode()


def test_there_is_a_longer_pause_before_a_heading_than_within_a_list() -> None:
    lines = audio_script("# no\n\nPay\n---\n\n- one\n- two\n", "en").decode().splitlines()

    assert lines[lines.index("Pay") - 1] == "[PAUSE: three seconds]"
    assert lines[lines.index("two") - 1] == "[PAUSE: one second]"


def test_an_address_of_the_internet_is_spelt_sign_by_sign() -> None:
    script = audio_script("See https://a.example/B1_x.", "en").decode()

    assert (
        "[SPELL, slowly and twice: h, t, t, p, s, colon, slash, slash, a, dot, e, x, a, m, p, l, e,"
        " slash, capital B, 1, underscore, x]" in script
    )


def test_an_e_mail_address_is_spelt_too() -> None:
    script = audio_script("Write to team@wlc.example, or ring.", "en").decode()

    assert spelt("team@wlc.example") in script
    assert spelt("a@b.c") == "a, at, b, dot, c"


def test_a_reading_is_taken_apart_into_what_each_line_is() -> None:
    text = a_reading(
        "# Pay\n\nWe pay.\n\n> Said so.\n\n- one\n- two\n\n[Yes](https://a.example)\n"
    ).text

    found = list(passages(text))

    assert found == [
        Passage(Form.HEADING, "Pay"),
        Passage(Form.PARAGRAPH, "We pay."),
        Passage(Form.QUOTE, "Said so."),
        Passage(Form.ITEM, "one"),
        Passage(Form.ITEM, "two"),
        Passage(Form.PARAGRAPH, "Yes:"),
        Passage(Form.LINE, "https://a.example"),
    ]


@given(st.text())
def test_any_words_make_a_script_in_utf_8(text: str) -> None:
    assert audio_script(text, "en").decode("utf-8").startswith("SCRIPT")
