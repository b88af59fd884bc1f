"""Pages of Braille cells as an embosser takes them: 40 cells by 25 lines, the last one the number.

Cells come as North American Braille ASCII, one character each.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from services.notification.clients.documents.passages import Form

CELLS = 40
ROWS = 24
"""Lines for words on a page; the 25th has its number."""

HEADING_CELLS = 34
INDENTS = {
    Form.PARAGRAPH: (2, 0),
    Form.LINE: (0, 2),
    Form.ITEM: (0, 2),
    Form.QUOTE: (4, 2),
}
"""Empty cells before the first line, and before those that follow."""

CONTINUATION = '"'
"""Dot 5 at the end of a line: the word goes on in the next one."""

PREFIXES = '@^_".;,'
"""Cells that begin a sign of several: no line ends between them and the rest."""

DIGITS = str.maketrans("1234567890", "ABCDEFGHIJ")


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one passage, as long as they are."""

    form: Form
    cells: str


def pages(lines: Iterable[Line]) -> bytes:
    """Return the file: each line ends with CR LF, each page with a form feed."""
    return "".join(_pages(list(_rows(lines)))).encode("ascii")


def _rows(lines: Iterable[Line]) -> Iterator[tuple[str, bool]]:
    """Yield each line of a page, and whether the next one belongs on the same page."""
    for number, line in enumerate(lines):
        if line.form is not Form.HEADING:
            yield from ((row, False) for row in _wrapped(line.cells, *INDENTS[line.form]))
            continue
        if number:
            yield "", True
        for row in _wrapped(line.cells, 0, 0, HEADING_CELLS):
            yield row.center(CELLS).rstrip(), True


def _wrapped(cells: str, first: int, rest: int, width: int = CELLS) -> list[str]:
    words = " ".join(_parts(cells, width - max(first, rest)))
    return wrap(
        words,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )


def _parts(cells: str, most: int) -> Iterator[str]:
    """Yield words, those that no line can hold in parts that say that they go on."""
    for word in cells.split():
        left = word
        while len(left) > most:
            end = most - len(CONTINUATION)
            while end > 1 and left[end - 1] in PREFIXES:
                end -= 1
            yield left[:end] + CONTINUATION
            left = left[end:]
        yield left


def _pages(rows: list[tuple[str, bool]]) -> Iterator[str]:
    left, number = rows, 1
    while left or number == 1:
        end = _end(left)
        words = [row for row, _together in left[:end]]
        yield _page(words, number)
        left, number = _without_blank(left[end:]), number + 1


def _end(rows: list[tuple[str, bool]]) -> int:
    """Return how many rows come on this page: a heading goes with what follows it."""
    if len(rows) <= ROWS:
        return len(rows)
    end = ROWS
    while end > 1 and rows[end - 1][1]:
        end -= 1
    return end if not rows[end - 1][1] else ROWS


def _without_blank(rows: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    return rows[1:] if rows and not rows[0][0] else rows


def _page(rows: list[str], number: int) -> str:
    filled = [*rows, *[""] * (ROWS - len(rows))]
    said = ("#" + str(number).translate(DIGITS)).rjust(CELLS)
    return "".join(f"{row}\r\n" for row in [*filled, said]) + "\f"
