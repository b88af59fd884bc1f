"""Braille for an embosser: Unified English Braille by liblouis, as BRF.

liblouis runs as a process of its own, for 10 ms a letter: it is written in C, keeps its tables in
globals without a lock, and what it reads comes from outside.
"""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

from services.notification.clients.documents import brf
from services.notification.clients.documents.passages import passages
from shared.errors import AppError, UnavailableError

Grade = Literal[1, 2]

PROGRAM = "lou_translate"
TABLES: Final[dict[Grade, str]] = {
    1: "en-us-brf.dis,en-ueb-g1.ctb",
    2: "en-us-brf.dis,en-ueb-g2.ctb",
}
UNKNOWN = "'\\"
"""How liblouis begins what it writes for a character that its tables do not have."""

LONGEST_BYTES = 400
MOST_CELLS = 2000
"""lou_translate 3.24 cuts a line at 2,046 cells and says nothing; a byte makes up to 4 of them."""

TIMEOUT_SECONDS = 30


class BrailleError(AppError):
    """These words cannot be put into Braille, now or later."""

    code = "braille"


class NotInstalledError(RuntimeError):
    """What letters are made with is not on this machine."""


def require_liblouis() -> None:
    """Raise NotInstalledError, saying what to install, unless Braille can be made here."""
    try:
        made = _translated(["Braille"], 2)
    except AppError:
        made = []
    if made != [",BRL"]:
        raise NotInstalledError(
            f"{PROGRAM} does not work: install the Debian packages liblouis-bin and liblouis-data"
        )


def braille(text: str, grade: Grade) -> bytes:
    """Return the plain reading of an English letter as BRF, 40 cells by 25 lines.

    What Unified English Braille has no sign for stands there by its name. Raises BrailleError, and
    UnavailableError when liblouis does not answer.
    """
    found = list(passages(_named(unicodedata.normalize("NFC", text))))
    pieces = [_pieces(each.words) for each in found]
    cells = iter(_translated([piece for each in pieces for piece, _after in each], grade))
    return brf.pages(
        brf.Line(each.form, "".join(next(cells) + after for _piece, after in parts))
        for each, parts in zip(found, pieces, strict=True)
    )


def _named(text: str) -> str:
    """Return the text with the name of each character that has no sign in Braille."""
    foreign = sorted({char for char in text if not char.isascii() and not char.isspace()})
    shown = [char for char in foreign if unicodedata.category(char)[0] != "C"]
    signs = zip(shown, _translated(shown, 1), strict=True)
    names = {
        ord(char): f" ({unicodedata.name(char, 'a sign').lower()}) "
        for char, sign in signs
        if UNKNOWN in sign
    }
    unseen = {ord(char): "" for char in foreign if unicodedata.category(char) == "Cf"}
    return text.translate(names | unseen)


def _pieces(words: str) -> list[tuple[str, str]]:
    """Return words in parts that liblouis can hold, each with what divides it from the next."""
    parts = [("", "")]
    for word, after in _short_words(words):
        piece, between = parts[-1]
        longer = f"{piece}{between}{word}"
        if len(longer.encode()) <= LONGEST_BYTES:
            parts[-1] = longer, after
        else:
            parts.append((word, after))
    return parts


def _short_words(words: str) -> Iterator[tuple[str, str]]:
    most = LONGEST_BYTES // 4
    for word in words.split():
        cut = most if len(word.encode()) > LONGEST_BYTES else len(word)
        for start in range(0, len(word), cut):
            yield word[start : start + cut], " " if start + cut >= len(word) else ""


def _translated(lines: list[str], grade: Grade) -> list[str]:
    """Return each line in cells. liblouis reads a backslash as the start of a code."""
    if not lines:
        return []
    source = "\n".join(line.replace("\\", "\\\\") for line in lines) + "\n"
    cells = _asked(source, TABLES[grade]).split("\n")[:-1]
    if len(cells) != len(lines) or any(len(line) >= MOST_CELLS for line in cells):
        raise BrailleError("liblouis did not translate each line")
    return cells


def _asked(source: str, tables: str) -> str:
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnavailableError(f"{PROGRAM} is not installed")
    try:
        ended = subprocess.run(  # noqa: S603 - no shell, nothing from outside in its arguments
            [program, "--forward", tables],
            input=source.encode(),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise UnavailableError("liblouis did not answer") from None
    return ended.stdout.decode("ascii", errors="strict")
