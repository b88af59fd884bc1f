"""Letters as tagged PDF (PDF/UA-1) on A4, made from words that are written already.

Where things stand on the first page follows GOV.UK Notify's rules for letters, whose address block
is what the window of a DL envelope shows.
"""

import logging
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import segno
from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from weasyprint import HTML, LOGGER
from weasyprint.urls import URLFetcher

from services.notification.clients.documents.artifacts import page_numbers_are_artifacts
from services.notification.clients.markdown import UNSEEN, one_line

FETCH_NOTHING = URLFetcher(allowed_protocols=())
"""Names and titles come from outside: nothing that they say is ever looked up."""

SORANI = "ku"
"""Kurdish, which most who read it here write in Arabic letters; the library thinks of the Latin."""

WINDOW_WIDTH = 95.4 / 25.4 * 72
WINDOW_HEIGHT = 26.8 / 25.4 * 72
ADDRESS_SIZES = (12, 11, 10, 9, 8, 7, 6)
LETTER_WIDTH = 0.55
"""How wide a letter is on average, in parts of its size; so are the three above in points."""

ADDRESS_LINE_HEIGHT = 1.15
MARGIN = 15
POINT = 25.4 / 72
BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)

LOGGER.setLevel(logging.CRITICAL)
"""What WeasyPrint warns of quotes the letter."""

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that a letter needs besides its own, in its language."""

    page: str = "Page {page} of {pages}"
    code: str = "QR code that opens the address beside it."


@dataclass(frozen=True, slots=True)
class Page:
    """What a letter says. `body` is clean HTML, as `markdown.read` makes it; the rest plain text.

    `point_size` is that of the body. The address alone has a size that fits the window.
    """

    title: str
    language: str
    hub_name: str
    hub_lines: tuple[str, ...]
    address: tuple[str, ...]
    date: str
    body: str
    point_size: int
    link: str | None
    labels: Labels = Labels()


def letter(page: Page) -> bytes:
    """Return the letter as PDF, the same bytes for the same page."""
    return printed(page, shown(page.body), page.point_size)


def printed(page: Page, body: str, point_size: int) -> bytes:
    """Return a page with another body than its own, in another size."""
    source = _templates.get_template("letter.html").render(
        title=one_line(page.title),
        language={"en": "en-GB"}.get(page.language, page.language),
        is_rtl=is_right_to_left(page.language),
        hub_name=one_line(page.hub_name),
        hub_lines=_lines(page.hub_lines),
        address=_lines(page.address),
        date=one_line(page.date),
        body=Markup(_with_link(_with_addresses(body, page.link), page)),  # noqa: S704 - clean by contract
        point_size=point_size,
        address_size=_address_size(_lines(page.address)),
        bottom=MARGIN + 2.1 * point_size * POINT,
        page_label=Markup(_page_label(page.labels.page)),  # noqa: S704 - each letter is escaped
    )
    pdf: bytes = HTML(string=source, url_fetcher=FETCH_NOTHING).write_pdf(
        finisher=page_numbers_are_artifacts, pdf_variant="pdf/ua-1"
    )
    return pdf


def is_right_to_left(language: str) -> bool:
    """Tell whether a language (ISO 639) is written from right to left."""
    if language == SORANI:
        return True
    try:
        return bool(Locale.parse(language, sep="-").text_direction == "rtl")
    except (UnknownLocaleError, ValueError):
        return False


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [line for line in map(one_line, lines) if line]


def shown(body: str) -> str:
    """Return clean HTML without what is not seen, and with numbers that stay in one piece.

    Between words that run from right to left, the parts of a telephone number change places unless
    no space divides them.
    """
    kept = (" " if unicodedata.category(char) in UNSEEN and char != "\n" else char for char in body)
    return BETWEEN_DIGITS.sub("\u00a0", "".join(kept))


def _with_addresses(body: str, link: str | None) -> str:
    """Write out where each link leads, but for the one that is shown by itself."""
    shown = escape(link or "")

    def written_out(found: re.Match[str]) -> str:
        address, words = found.groups()
        if address in {shown, words}:
            return found[0]
        return f'{found[0]} (<a class="address" href="{address}">{address}</a>)'

    return LINK.sub(written_out, body)


def _with_link(body: str, page: Page) -> str:
    """Put the address and its code after the paragraph that names the link, else at the end."""
    if page.link is None:
        return body
    code = segno.make(page.link, error="m", micro=False).svg_inline(title=page.labels.code)
    box = _templates.get_template("link.html").render(link=page.link, code=Markup(code))  # noqa: S704 - drawn by segno
    named = body.find(f'<a href="{escape(page.link)}"')
    end = body.find("</p>", named) if named >= 0 else -1
    after = len(body) if end < 0 else end + len("</p>")
    return body[:after] + box + body[after:]


def _address_size(lines: list[str]) -> int:
    """Return the largest size in points at which the address is seen whole in the window."""

    def fits(size: int) -> bool:
        widths = (len(line) * LETTER_WIDTH * size for line in lines)
        rows = sum(math.ceil(width / WINDOW_WIDTH) for width in widths)
        return rows * size * ADDRESS_LINE_HEIGHT <= WINDOW_HEIGHT

    return next(filter(fits, ADDRESS_SIZES), ADDRESS_SIZES[-1])


def _page_label(label: str) -> str:
    return " ".join(_parts(label))


def _parts(label: str) -> Iterator[str]:
    """Yield a label as the parts of a CSS `content`."""
    counters = {"page": "counter(page)", "pages": "counter(pages)"}
    for words, name, _format, _conversion in Formatter().parse(label):
        yield '"' + "".join(f"\\{ord(char):x} " for char in words) + '"'
        if name is not None:
            yield counters[name]
