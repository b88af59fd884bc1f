"""One Markdown source, two readings: tidy plain text, and clean HTML.

What people and partners wrote comes in neutralised: it can only ever be words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mistune
import nh3
from mistune.core import BaseRenderer, BlockState
from mistune.inline_parser import InlineParser

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
DIRECTION_MARKS = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

PICTURE = re.compile(r"!\[([a-z]+)\] ")
"""Before a line of Easy Read: the name of the picture that goes with it."""

BETWEEN_PIECES = re.compile(r"\n(?:[ \t]*\n)+")
REMEMBERED = 2048

TAGS = {"h1", "h2", "p", "strong", "a", "ul", "li", "blockquote", "br"}


class Markdown(str):
    """Text that is Markdown already, and not to be neutralised."""

    __slots__ = ()


def one_line(value: object) -> str:
    """Return the words of a value on one line, without what is not seen."""
    words = str(value)
    if not words.isprintable():
        words = "".join(
            " " if unicodedata.category(char) in UNSEEN else char
            for char in words
            if char not in DIRECTION_MARKS
        )
    return " ".join(words.split())


def neutral(value: object) -> Markdown:
    """Return a value as Markdown that shows it letter by letter."""
    if isinstance(value, Markdown):
        return value
    return Markdown(PUNCTUATION.sub(r"\\\1", one_line(value)))


def isolated(value: object) -> Markdown:
    """Return a value as `neutral` does, which keeps its own direction inside words of another."""
    if isinstance(value, Markdown):
        return value
    return Markdown(f"\N{FIRST STRONG ISOLATE}{neutral(value)}\N{POP DIRECTIONAL ISOLATE}")


def literal(words: str) -> str:
    """Return words of our own as Markdown that shows them letter by letter, spaces kept."""
    return PUNCTUATION.sub(r"\\\1", words)


def quoted(text: str, shown: Callable[[object], Markdown] = neutral) -> Markdown:
    """Return text of several lines as a neutralised block quote."""
    paragraphs = (shown(line) for line in text.splitlines() if one_line(line))
    return Markdown("\n>\n".join(f"> {paragraph}" for paragraph in paragraphs))


def picture_and_words(line: str) -> tuple[str, str]:
    """Return the name of the picture of a line of Easy Read, and its words; a heading has none."""
    if found := PICTURE.match(line):
        return found[1], line[found.end() :]
    return "", line.lstrip("# ")


def without_picture(line: str) -> str:
    """Return a line of Easy Read as a paragraph or a heading."""
    return PICTURE.sub("", line, count=1)


def inline(words: str) -> str:
    """Return the words of one line as clean HTML without a paragraph around them."""
    return read(words).html.strip().removeprefix("<p>").removesuffix("</p>")


@dataclass(frozen=True, slots=True)
class Reading:
    """A source as plain text that reads well aloud, and as HTML of few tags."""

    text: str
    html: str


def read(source: str) -> Reading:
    """Parse once, render twice.

    Blank lines part the source into pieces that stand by themselves: most of them are alike in all
    letters, and are read only once.
    """
    pieces = [_read(piece) for piece in BETWEEN_PIECES.split(source.strip("\n")) if piece]
    text = "\n\n".join(piece.text for piece in pieces if piece.text)
    return Reading(text=text + "\n", html="".join(piece.html for piece in pieces))


@lru_cache(REMEMBERED)
def _read(piece: str) -> Reading:
    tokens, state = _tokens(piece)
    page = nh3.clean(
        _page(tokens, state),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return Reading(text=_plain(tokens, state).lstrip("\n").rstrip(), html=page)


def _tokens(source: str) -> tuple[list[dict[str, Any]], BlockState]:
    tokens, state = _parse.parse(source)
    return [token for token in tokens if isinstance(token, dict)], state


def plain(value: str) -> str:
    """Return one line of neutralised Markdown as the words it shows."""
    return one_line(ESCAPED.sub(r"\1", value))


class PlainRenderer(BaseRenderer):
    """Writes a parsed letter as plain text; mistune calls the method named like each token."""

    NAME = "plain"

    def _inside(self, token: dict[str, object], state: BlockState) -> str:
        children = token.get("children")
        if isinstance(children, list):
            return self.render_tokens(children, state)
        return str(token.get("raw", ""))

    def text(self, token: dict[str, object], _state: BlockState) -> str:
        return str(token["raw"])

    def strong(self, token: dict[str, object], state: BlockState) -> str:
        return self._inside(token, state)

    def link(self, token: dict[str, object], state: BlockState) -> str:
        attributes = token["attrs"]
        address = attributes["url"] if isinstance(attributes, dict) else ""
        return f"{self._inside(token, state)}:\n{address}"

    def linebreak(self, _token: dict[str, object], _state: BlockState) -> str:
        return "\n"

    def softbreak(self, _token: dict[str, object], _state: BlockState) -> str:
        return "\n"

    def blank_line(self, _token: dict[str, object], _state: BlockState) -> str:
        return ""

    def thematic_break(self, _token: dict[str, object], _state: BlockState) -> str:
        """Write nothing: stars around an empty title look like a rule."""
        return ""

    def paragraph(self, token: dict[str, object], state: BlockState) -> str:
        return self._inside(token, state) + "\n\n"

    def block_text(self, token: dict[str, object], state: BlockState) -> str:
        return self._inside(token, state)

    def heading(self, token: dict[str, object], state: BlockState) -> str:
        words = self._inside(token, state)
        return f"{words}\n{'-' * len(words)}\n\n"

    def list(self, token: dict[str, object], state: BlockState) -> str:
        return self._inside(token, state) + "\n"

    def list_item(self, token: dict[str, object], state: BlockState) -> str:
        return f"- {self._inside(token, state).strip()}\n"

    def block_quote(self, token: dict[str, object], state: BlockState) -> str:
        return "\n".join(_indented(self._inside(token, state))) + "\n\n"


def _indented(words: str) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in words.strip().splitlines())


_parse = mistune.Markdown(inline=InlineParser(hard_wrap=True))
_page = mistune.HTMLRenderer(escape=True)
_plain = PlainRenderer()
