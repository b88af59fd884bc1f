"""Translations that count: gettext catalogues whose reviewer is named, entry by entry.

`<folder>/<code>/LC_MESSAGES/letters.po` holds one language. Its header names who reviewed it,
`Reviewed-By: <name>, <date>`; an entry counts when it is not fuzzy, not empty, and shows the same
values as the English one. Nothing is ever translated by a machine.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import c2py
from math import ceil
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from services.notification.domain import ENGLISH

DOMAIN = "letters.po"
QUOTED = re.compile(r'^"(.*)"$', re.MULTILINE)
REVIEWED = re.compile(r"(?:^|\\n)Reviewed-By: *(\S[^\\]*, *\d{4}-\d\d-\d\d) *(?:\\n|$)")
VALUES = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The reviewed translations of one language, by their English; a plural has several."""

    language: str
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[float], int] = lambda number: int(number != 1)

    def has(self, message: str) -> bool:
        """Whether it says this; English says everything."""
        return self.language == ENGLISH or message in self.texts

    def single(self, message: str) -> str:
        """Return how it says this."""
        return message if self.language == ENGLISH else self.texts[message][0]

    def plural(self, one: str, many: str, number: float) -> str:
        """Return how it says this of so many."""
        if self.language == ENGLISH:
            return many if self.form(number) else one
        return self.texts[one][self.form(number)]


def reviewed(folder: Path) -> dict[str, Catalogue]:
    """Return the languages of a folder that somebody reviewed, and English.

    Raises ValueError for a file that is no catalogue, or of a language that Babel does not know.
    """
    found = {ENGLISH: Catalogue(ENGLISH)}
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}")):
        code = file.parent.parent.name
        if code != ENGLISH and review(file):
            found[code] = _catalogue(code, file)
    return found


def review(file: Path) -> str | None:
    """Return who reviewed a catalogue and when, by the header of its file."""
    head, _, _ = file.read_text(encoding="utf-8").partition("\n\n")
    found = REVIEWED.search("".join(QUOTED.findall(head)))
    return found[1] if found else None


def is_complete(entry: Entry, catalog: Catalog) -> bool:
    """Whether an entry can be said: translated, not in doubt, with all its values."""
    wanted, texts = _forms(entry.id), _forms(entry.string)
    if entry.fuzzy or not all(text.strip() for text in texts):
        return False
    if entry.pluralizable:
        free = {"num"}
        enough = len(texts) == catalog.num_plurals
        return enough and all(_values(text) | free == _values(wanted[-1]) | free for text in texts)
    return _values(texts[0]) == _values(wanted[0])


def _catalogue(code: str, file: Path) -> Catalogue:
    try:
        locale = Locale.parse(code)
    except UnknownLocaleError:
        raise ValueError(f"nobody knows the dates and plurals of the language {code}") from None
    with file.open("rb") as source:
        catalog = read_po(source, locale=locale, abort_invalid=True)
    rule = c2py(catalog.plural_expr)
    return Catalogue(code, dict(_texts(catalog)), lambda number: rule(ceil(number)))


def _texts(catalog: Catalog) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in catalog:
        if entry.id and is_complete(entry, catalog):
            yield _forms(entry.id)[0], _forms(entry.string)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _values(text: str) -> set[str]:
    return set(VALUES.findall(text))
