"""What there is to translate, as files for translators: the template, and each language's own."""

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from services.notification.clients.letters.catalogues import review
from services.notification.clients.letters.library import Text, every_text

PROJECT = "Letters of the gateway"
WIDTH = 100
PASSING = re.compile(r'^"(POT-Creation-Date|Generated-By):.*\n', re.MULTILINE)
"""Left out, so that the same words make the same file."""

ABOUT = """\
What messages to participants say.
A translation counts when this header has a line of who reviewed it and when,
Reviewed-By: <name>, <year>-<month>-<day>
and for each entry that is neither empty nor fuzzy. See docs/translating.md."""


def template() -> str:
    """Return the file to make a new language of."""
    return _written(_template())


def blank(language: str) -> str:
    """Return the file of a language that nobody has translated yet."""
    catalog = _new(language)
    catalog.update(_template())
    return _written(catalog)


def updated(file: Path) -> str:
    """Return a language's file with what is said now; what is guessed from before is fuzzy."""
    with file.open("rb") as source:
        catalog = read_po(source, locale=file.parent.parent.name)
    catalog.update(_template())
    text = _written(catalog)
    if not (line := review(file)):
        return text
    return text.replace('"MIME-Version:', f'"Reviewed-By: {line}\\n"\n"MIME-Version:', 1)


def _template() -> Catalog:
    catalog = _new()
    for text, places in sorted(_places().items(), key=lambda found: str(found[0])):
        catalog.add(text, locations=[(place, 0) for place in sorted(places)])
    return catalog


def _places() -> dict[Text, set[str]]:
    found: dict[Text, set[str]] = {}
    for place, texts in every_text().items():
        for text in texts:
            found.setdefault(text, set()).add(place)
    return found


def _new(language: str | None = None) -> Catalog:
    about = "\n".join(f"# {line}" for line in ABOUT.splitlines())
    return Catalog(language, project=PROJECT, version="1", header_comment=about, fuzzy=False)


def _written(catalog: Catalog) -> str:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=WIDTH, include_lineno=False, ignore_obsolete=True)
    return PASSING.sub("", buffer.getvalue().decode())
