"""The plain reading of a letter (`markdown.Reading.text`) as headings, paragraphs and items."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import zip_longest

from services.notification.clients.markdown import one_line


class Form(Enum):
    """What a passage is; a line is one that the words before it break off for."""

    HEADING = auto()
    PARAGRAPH = auto()
    ITEM = auto()
    QUOTE = auto()
    LINE = auto()


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the reading, in one form."""

    form: Form
    words: str


def passages(text: str) -> Iterator[Passage]:
    """Yield what is in a text, in order, without what only draws it."""
    before = ""
    lines = text.splitlines()
    for line, after in zip_longest(lines, lines[1:], fillvalue=""):
        words = one_line(line)
        if words and not _is_rule(line, before):
            yield _passage(line, words, before, after)
        before = line


def _passage(line: str, words: str, before: str, after: str) -> Passage:
    if _is_rule(after, line):
        return Passage(Form.HEADING, words)
    if line.startswith("- "):
        return Passage(Form.ITEM, words.removeprefix("- "))
    if line.startswith("  "):
        return Passage(Form.QUOTE, words)
    is_new = not before.strip() or before.startswith("- ")
    return Passage(Form.PARAGRAPH if is_new else Form.LINE, words)


def _is_rule(line: str, before: str) -> bool:
    """Tell whether a line underlines the one before: the reading draws headings so."""
    return bool(line) and len(line) == len(before) and not line.strip("-") and before[:1] != "-"
