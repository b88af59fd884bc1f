"""What a letter says for who signs, or has an interpreter."""

from dataclasses import replace

import pytest

from services.notification.clients.letters.library import WRITTEN_KINDS
from services.notification.domain import Kind, Letter
from tests.builders.letter_forms import TO
from tests.builders.letters import COMPOSER, text_of
from tests.builders.notification import a_letter

INTERPRETER = "You told us that you use an interpreter. We book one for each session."
FILM = "https://films.example.org/leaving(1)?in=bsl&sub=*en*"
SHOWING_SESSIONS = frozenset(
    {Kind.INVITATION, Kind.SECOND_TRY, Kind.ACCEPTED, Kind.CHANGED, Kind.REMINDER}
)


def said(letter: Letter, **person: object) -> str:
    participant = replace(letter.participant, **person)
    return text_of(COMPOSER.email(replace(letter, participant=participant, film=FILM), TO))


@pytest.mark.parametrize("kind", sorted(WRITTEN_KINDS))
def test_who_uses_an_interpreter_hears_that_one_is_booked(kind: Kind) -> None:
    text = said(a_letter(kind), interpreter=True)

    assert (INTERPRETER in text) == (kind in SHOWING_SESSIONS)


@pytest.mark.parametrize("need", ["204331000000107", "936761000000104", "957111000000103"])
def test_an_interpreter_of_signs_or_touch_is_one_too(need: str) -> None:
    assert INTERPRETER in said(a_letter(), needs=(need,))


@pytest.mark.parametrize("need", ["945891000000106", "796161000000101"])
def test_nobody_else_is_told_of_an_interpreter(need: str) -> None:
    assert "interpreter" not in said(a_letter(), needs=(need,))


def test_who_signs_is_led_to_the_film() -> None:
    text = said(a_letter(), needs=("415803005",))

    assert "A film in British Sign Language tells you what this is about:" in text
    assert FILM in text


def test_who_does_not_sign_hears_of_no_film() -> None:
    assert "film" not in said(a_letter())


def test_without_a_film_none_is_spoken_of() -> None:
    letter = a_letter()
    signer = replace(letter.participant, needs=("415803005",))

    text = text_of(COMPOSER.email(replace(letter, participant=signer), TO))

    assert "film" not in text
