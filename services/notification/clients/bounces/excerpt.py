"""What of an e-mail is read: enough of every report, too little to keep a reader busy.

The parser's work grows with lines times nesting, and that on one header or line with the square
of its length (Python 3.11); those of the free text with the length of lines, on every pattern.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NESTING = re.compile(rb"content-type|boundary", re.IGNORECASE)
"""No part is made, and no part is nested, without one of these words."""

OF_OTHER_SCRIPTS = re.compile(rb"message/global-delivery-status", re.IGNORECASE)
"""The same fields where an address is not plain ASCII (RFC 6533)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is left of lines and of their bytes.

    `folded` is how many lines may go on the one before, as those of a header do; `nesting` how
    often a word that makes a part may stand.
    """

    lines: int
    width: int
    folded: int
    nesting: int


REPORT = Limits(lines=8000, width=500, folded=8, nesting=48)
FREE_TEXT = Limits(lines=500, width=160, folded=8, nesting=24)


def excerpt(content: bytes, limits: Limits) -> bytes:
    """Return the beginning, of which no line is too long and no header has too many."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", limits.lines)
    del lines[limits.lines :]
    short = b"\n".join(_unfolded((line[: limits.width] for line in lines), limits.folded))
    plain = OF_OTHER_SCRIPTS.sub(b"message/delivery-status", short)
    return plain[: _end(plain, limits.nesting)]


def _unfolded(lines: Iterable[bytes], most: int) -> Iterator[bytes]:
    going_on = 0
    for line in lines:
        going_on = going_on + 1 if line[:1] in {b" ", b"\t"} else 0
        if going_on <= most:
            yield line


def _end(content: bytes, most: int) -> int:
    """Return where the word that makes one part too many begins."""
    for count, found in enumerate(NESTING.finditer(content)):
        if count == most:
            return found.start()
    return len(content)
