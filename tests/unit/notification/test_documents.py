"""Letters as files: what a screen reader, a window envelope and a printer find in them."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weasyprint import HTML

from services.notification.clients.documents import Labels, letter
from services.notification.clients.markdown import neutral, one_line, quoted, read
from tests.builders.documents import LINK, a_page, a_reading
from tests.builders.pdf_structure import TaggedPdf

SIZES = (14, 20, 24, 28)
GREETINGS = {
    "ar": "مرحبا، أنت مدعو إلى اجتماع.",
    "ur": "سلام، آپ کو مدعو کیا جاتا ہے",
    "fa": "سلام، شما دعوت شده‌اید.",
    "ps": "سلام، تاسو ته بلنه درکول کیږي.",
    "ckb": "سڵاو، تۆ بانگهێشت کراویت.",
    "bn": "হ্যালো, আপনাকে আমন্ত্রণ জানানো হচ্ছে।",
    "gu": "નમસ્તે, તમને આમંત્રણ છે.",
    "pa": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਤੁਹਾਨੂੰ ਸੱਦਾ ਹੈ।",
    "hi": "नमस्ते, आपको आमंत्रित किया जाता है।",
    "ta": "வணக்கம், உங்களை அழைக்கிறோம்.",
    "am": "ሰላም፣ ተጋብዘዋል።",
    "ti": "ሰላም፣ ተዓዲምኩም ኣለኹም።",
    "pl": "Cześć, zażółć gęślą jaźń.",
    "ro": "Bună ziua, ești invitat la o ședință.",
    "zh": "您好您被邀请",
}
SCRIPTS = {
    "ar": "Noto-Sans-Arabic", "ur": "Noto-Nastaliq-Urdu", "bn": "Noto-Sans-Bengali",
    "gu": "Noto-Sans-Gujarati", "pa": "Noto-Sans-Gurmukhi", "hi": "Noto-Sans-Devanagari",
    "ta": "Noto-Sans-Tamil", "am": "Noto-Sans-Ethiopic", "pl": "Liberation-Sans",
    "ro": "Liberation-Sans",
}  # fmt: skip
ANYTHING = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"'\\{}%\u202e\u200f\u0000\x0b\ud800")),
    max_size=60,
)
WINDOW = {"left": 24.6, "right": 120.0, "top": 39.5, "bottom": 66.3}


def words_of(body: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", body)).split())


def spaceless(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("point_size", SIZES)
def test_a_letter_keeps_the_rules_for_tagged_pdf(point_size: int) -> None:
    read_aloud = TaggedPdf(letter(a_page(point_size=point_size)))

    assert read_aloud.faults() == []
    assert {"H1", "H2", "P", "L", "LI", "Lbl", "LBody", "Link", "Figure"} <= set(read_aloud.roles)


def test_the_check_finds_what_is_wrong_with_a_pdf_without_tags() -> None:
    source = "<h2>Late</h2><a href='https://a.example'>a</a><img alt='' src='x:'>"

    faults = TaggedPdf(HTML(string=source).write_pdf()).faults()

    assert {"it has no title", "it has no language", "it has no tags"} <= set(faults)
    assert "page 1 shows what is neither tagged nor an artifact" in faults


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<h2>Late</h2>", "the first heading is not H1"),
        ("<h1>A</h1><h3>B</h3>", "a level of headings is left out"),
        ("<p>\U0010ffff</p>", "a letter has no glyph"),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>',
         "a picture has no alternative text"),
    ],
)  # fmt: skip
def test_the_check_finds_what_is_wrong_with_the_tags(source: str, fault: str) -> None:
    page = f"<html lang=en><title>A</title>{source}"

    faults = TaggedPdf(HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")).faults()

    assert faults == [fault]


def test_words_are_read_in_the_order_in_which_they_were_written() -> None:
    page = a_page(link=None)

    read_aloud = TaggedPdf(letter(page)).words.replace("• ", "")

    spoken = [page.hub_name, *page.hub_lines, *page.address, page.date]
    address = f'<a href="{LINK}">Say yes or no</a>'
    body = page.body.replace(address, f"{address} ({LINK})").replace(
        "how people are chosen</a>", "how people are chosen</a> (https://wlc.example.org/how)"
    )
    assert spaceless(read_aloud) == spaceless(" ".join([*spoken, words_of(body)]))


def test_the_title_and_the_language_are_those_of_the_letter() -> None:
    read_aloud = TaggedPdf(letter(a_page(title="A <b> & c", language="pl")))

    with read_aloud.pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "A <b> & c"
    assert str(read_aloud.pdf.Root.Lang) == "pl"


def test_a_body_without_a_title_of_its_own_begins_with_that_of_the_letter() -> None:
    [title] = TaggedPdf(letter(a_page(body="<h2>Pay</h2><p>You get £25.</p>"))).of("H1")

    assert "You are invited" in " ".join(each.words for each in title.walk())


@pytest.mark.parametrize("point_size", SIZES)
def test_the_address_is_seen_whole_in_the_window_and_nothing_else_is(point_size: int) -> None:
    address = ("Dr Anastasia Papadopoulou-Featherstonehaugh", "Flat 12", "The Old Fire Station",
               "113 Uxbridge Road", "Hanwell", "London", "W7 3ST")  # fmt: skip
    page = a_page(point_size=point_size, address=address)

    first = [place for place in TaggedPdf(letter(page)).places if place.page == 0]

    seen = [
        place
        for place in first
        if place.x < WINDOW["right"] and WINDOW["top"] < place.y < WINDOW["bottom"] + 1
    ]
    assert tuple(place.words for place in seen) == address
    assert {round(place.x, 1) for place in seen} == {WINDOW["left"]}
    assert all(place.x >= 125 or place.y > 95 for place in first if place not in seen)


@pytest.mark.parametrize("point_size", SIZES)
def test_large_print_is_large_throughout(point_size: int) -> None:
    pdf = TaggedPdf(letter(a_page(point_size=point_size)))

    sizes = {round(place.size) for place in pdf.places if place.x != pytest.approx(24.6, abs=0.1)}

    assert min(sizes) == point_size


@pytest.mark.parametrize("point_size", SIZES)
def test_nothing_is_cut_hyphenated_or_outside_the_margins(point_size: int) -> None:
    word = "incomprehensibilities" * 12
    body = f"<h1>{word}</h1><p>{word}</p><ul><li>{word}</li></ul>"

    pdf = TaggedPdf(letter(a_page(point_size=point_size, body=body, link=None)))

    assert spaceless(pdf.words).count(word) == 3
    assert "-" not in pdf.words
    assert all(place.x >= 14.9 and 15 < place.y < 282 for place in pdf.places)


def test_each_page_says_which_of_how_many_it_is() -> None:
    labels = Labels(page='Strona "{page}" z {pages}')

    pdf = TaggedPdf(letter(a_page(point_size=28, labels=labels)))

    count = len(pdf.pdf.pages)
    said = [place.words for place in pdf.places if place.words.startswith("Strona")]
    assert said == [f'Strona "{number}" z {count}' for number in range(1, count + 1)]
    assert "Strona" not in pdf.words


def test_the_link_is_written_out_beside_its_code_after_the_words_that_name_it() -> None:
    pdf = TaggedPdf(letter(a_page()))

    [code] = pdf.of("Figure")
    written = spaceless(pdf.words)
    assert code.alternative == "QR code that opens the address beside it."
    assert f"Sayyesorno{LINK}Thislinkisonlyforyou" in written


def test_a_letter_without_a_link_has_no_code() -> None:
    assert TaggedPdf(letter(a_page(link=None))).of("Figure") == []


@pytest.mark.parametrize("language", GREETINGS)
def test_no_letter_of_a_language_of_west_london_comes_out_as_a_box(language: str) -> None:
    greeting = GREETINGS[language]
    body = f"<h1>{greeting}</h1><p>{greeting} <strong>{greeting}</strong></p>"

    pdf = TaggedPdf(letter(a_page(language=language, title=greeting, body=body)))

    fonts = {str(font.BaseFont) for page in pdf.pdf.pages for font in page.Resources.Font.values()}
    assert pdf.faults() == []
    assert any(SCRIPTS.get(language, "") in font for font in fonts)


def test_what_runs_from_right_to_left_begins_at_the_right_and_the_address_does_not() -> None:
    body = f"<p>{GREETINGS['ar']}</p>"

    pdf = TaggedPdf(letter(a_page(language="ar", body=body, link=None)))

    at = {place.words: place.x for place in pdf.places}
    assert at["Asha Patel"] == pytest.approx(24.6, abs=0.1)
    assert at["Monday 6 April 2027"] > 105


def test_a_telephone_number_stays_in_one_piece_between_words_from_right_to_left() -> None:
    body = "<p>ٹیلیفون 020 7946 0123 ہے</p>"

    pdf = TaggedPdf(letter(a_page(language="ur", body=body, hub_lines=(), link=None)))

    assert "020 7946 0123" in {place.words for place in pdf.places}


def test_nothing_is_fetched_whatever_a_letter_says() -> None:
    body = (
        '<p>Hello<img src="file:///etc/hostname" alt="a"><img src="http://127.0.0.1:9/" alt="b">'
        '<style>@import "file:///etc/hostname"; p { background: url(http://127.0.0.1:9/x) }</style>'
        '<link rel="attachment" href="file:///etc/hostname"></p>'
    )

    pdf = TaggedPdf(letter(a_page(body=body)))

    assert "/EmbeddedFiles" not in pdf.pdf.Root.get("/Names", {})
    assert pdf.words.count("Hello") == 1


def test_the_same_letter_is_the_same_file() -> None:
    assert letter(a_page()) == letter(a_page())


@settings(deadline=None, max_examples=25)
@given(ANYTHING, ANYTHING, st.sampled_from(["en", "ar", "zz"]), st.sampled_from(SIZES))
def test_any_words_make_a_letter(title: str, name: str, language: str, point_size: int) -> None:
    source = f"# h\n\n**{neutral(title)}**, for {neutral(name)}\n\n- {neutral(name)}\n\n"
    body = read(source + quoted(title)).html
    page = a_page(title=title, hub_name=name, address=(name, "W7 3ST"), hub_lines=(title,),
                  date=name, body=body, language=language, point_size=point_size)  # fmt: skip

    faults = TaggedPdf(letter(page)).faults()

    assert set(faults) <= {"a letter has no glyph", "it has no title"}
    assert ("it has no title" in faults) <= (one_line(title) == "")


def test_a_word_that_no_line_can_hold_is_there_to_its_last_letter() -> None:
    word = "x" * 3_000 + "y"

    pdf = TaggedPdf(letter(a_page(body=a_reading(f"# {word}\n\n{word}").html)))

    assert spaceless(pdf.words).count(word) == 2
