"""Messages of one language, with what they are said about set into them."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from services.notification.clients import markdown
from services.notification.clients.letters.catalogues import Catalogue

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Sayings:
    """See wording.Speech. A translation is words: it cannot make a link or a heading.

    `shown` makes a value, and `literal` our own words, what they are in the kind of text it writes.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        shown: Callable[[object], str] = markdown.one_line,
        literal: Callable[[str], str] = str,
        kind: Callable[[str], str] = str,
    ) -> None:
        self._catalogue = catalogue
        self._shown = shown
        self._kind = kind
        self._parts = cache(lambda words: _parts(words, literal))

    def say(self, message: str, /, **values: object) -> str:
        return self._kind(self._filled(self._catalogue.single(message), values))

    def count(self, one: str, many: str, number: float, /, **values: object) -> str:
        words = self._catalogue.plural(one, many, number)
        return self._kind(self._filled(words, {"num": f"{number:g}", **values}))

    def _filled(self, words: str, values: Mapping[str, object]) -> str:
        first, *others = self._parts(words)
        if not others:
            return first
        pairs = zip(others[::2], others[1::2], strict=True)
        return first + "".join(self._shown(values[name]) + after for name, after in pairs)


def in_markdown(catalogue: Catalogue, shown: Callable[[object], str]) -> Sayings:
    """Return what says the messages of a catalogue inside a Markdown source."""
    return Sayings(catalogue, shown=shown, literal=markdown.literal, kind=markdown.Markdown)


def _parts(words: str, literal: Callable[[str], str]) -> tuple[str, ...]:
    """Return words, name, words, name, ... words."""
    found = PLACEHOLDER.split(words)
    return tuple(part if at % 2 else literal(part) for at, part in enumerate(found))
