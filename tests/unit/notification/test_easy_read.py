"""Easy Read letters: one idea a line, a picture beside each, and what it shows in words."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from services.notification.clients.documents import Step, easy_read, pictures
from services.notification.clients.documents.pictures import PICTURES
from tests.builders.documents import LINK, STEPS, a_page
from tests.builders.pdf_structure import TaggedPdf

FOLDER = Path(pictures.__file__).parent / "pictures"


@pytest.mark.parametrize("point_size", [14, 20, 28])
def test_an_easy_read_letter_keeps_the_rules_for_tagged_pdf(point_size: int) -> None:
    pdf = TaggedPdf(easy_read(a_page(point_size=point_size), STEPS))

    assert pdf.faults() == []


def test_no_word_of_it_is_small_but_the_address() -> None:
    pdf = TaggedPdf(easy_read(a_page(point_size=14), STEPS))

    sizes = [place.size for place in pdf.places if place.x != pytest.approx(24.6, abs=0.1)]

    assert min(sizes) == pytest.approx(16, abs=0.01)


def test_each_picture_is_read_before_the_words_beside_it_and_stands_left_of_them() -> None:
    pdf = TaggedPdf(easy_read(a_page(link=None), STEPS))

    order = [each.alternative or each.words for each in pdf.elements]

    said = " ".join(" ".join(order).split())
    assert f"{PICTURES['calendar']} The day is Tuesday 12 May 2027" in said
    assert f"{PICTURES['clock']} It starts at 10:30am." in said
    assert all(place.x > 50 for place in pdf.places if place.words.startswith(("It ", "The ")))


def test_the_first_heading_is_the_title_and_the_others_stand_below_it() -> None:
    pdf = TaggedPdf(easy_read(a_page(), STEPS))

    levels = [role for role in pdf.roles if role in {"H1", "H2"}]

    assert levels == ["H1", "H2", "H2"]


def test_steps_without_a_heading_begin_with_the_title_of_the_letter() -> None:
    pdf = TaggedPdf(
        easy_read(a_page(title="Your place", link=None), [Step("yes", "You can come.")])
    )

    assert "Your place" in pdf.words
    assert pdf.faults() == []


def test_the_address_of_the_link_stands_beside_its_picture() -> None:
    pdf = TaggedPdf(easy_read(a_page(), STEPS))

    written = "".join(pdf.words.split())

    assert f"sayyesorno.{LINK}Youcanalsoringus" in written


def test_a_picture_is_said_in_the_language_of_the_letter() -> None:
    steps = [Step("clock", "Spotkanie jest o 10.", alternative='Zegar "duży" & <mały>.')]

    [clock] = TaggedPdf(easy_read(a_page(language="pl", link=None), steps)).of("Figure")

    assert clock.alternative == 'Zegar "duży" & <mały>.'


def test_a_step_may_have_no_picture() -> None:
    pdf = TaggedPdf(easy_read(a_page(link=None), [Step("", "Best wishes")]))

    assert pdf.of("Figure") == []
    assert pdf.faults() == []


def test_a_step_longer_than_a_page_is_there_to_its_last_word() -> None:
    words = "word " * 900 + "last"

    pdf = TaggedPdf(easy_read(a_page(link=None), [Step("information", words)]))

    assert pdf.words.count("word") == 900
    assert pdf.words.endswith("last")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_our_own_simple_drawing_with_a_sentence_of_what_it_shows(name: str) -> None:
    drawing = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")

    root = ET.fromstring(drawing)  # noqa: S314 - our own file
    colours = set(re.findall(r"#\w+", drawing))
    assert root.attrib["viewBox"] == "0 0 64 64"
    assert re.fullmatch(r"[A-Z][^.]+\.", PICTURES[name])
    assert colours <= {"#000", "#fff", "#005eb8"}
    assert "href" not in drawing


def test_the_page_of_the_pictures_names_each() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert set(PICTURES) == set(re.findall(r"`([a-z]+)`", page))
