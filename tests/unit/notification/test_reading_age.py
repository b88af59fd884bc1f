"""Everybody can read what we write."""

import pytest

from services.notification.domain import Kind
from tests.reading_age import OLDEST, PAGE, measured, page, reading_age, syllables

AGES = measured()


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for kind, ages in AGES.items() for form in ages]
)
def test_a_message_is_read_with_ease_at_the_age_of_its_form(kind: Kind, form: str) -> None:
    assert AGES[kind][form] <= OLDEST[form]


def test_the_measure_finds_what_is_hard_to_read() -> None:
    hard = (
        "Participation in this engagement necessitates confirmation of availability prior to the "
        "expiration of the aforementioned consultation period, notwithstanding correspondence."
    )

    assert reading_age(hard) > 20


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("please", 1),
        ("asked", 1),
        ("invited", 3),
        ("people", 2),
        ("somebody", 4),
        ("organisation", 5),
        ("don't", 1),
        ("places", 2),
        ("times", 1),
    ],
)
def test_syllables_are_counted_rather_too_many_than_too_few(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_page_of_reading_ages_is_what_is_measured() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
