"""Languages that only tests speak: each English text between marks, as if somebody had said it."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from services.notification.clients.letters.extraction import blank

OPEN, CLOSE = "«", "»"


def a_language(folder: Path, code: str, *, review: str | None = "A. Nowak, 2026-11-02") -> Path:
    """Put a whole catalogue into a folder of languages, reviewed or not; return its file."""
    catalog = read_po(io.BytesIO(blank(code).encode()), locale=code)
    for entry in catalog:
        if entry.id:
            entry.string = _said(entry, catalog)
    return saved(catalog, folder, code, review)


def saved(catalog: Catalog, folder: Path, code: str, review: str | None) -> Path:
    buffer = io.BytesIO()
    write_po(buffer, catalog)
    text = buffer.getvalue().decode()
    if review:
        line = f'"Reviewed-By: {review}\\n"\n"MIME-Version:'
        text = text.replace('"MIME-Version:', line, 1)
    file = folder / code / "LC_MESSAGES" / "letters.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def _said(entry: Message, catalog: Catalog) -> str | tuple[str, ...]:
    if isinstance(entry.id, str):
        return f"{OPEN}{entry.id}{CLOSE}"
    return (f"{OPEN}{entry.id[1]}{CLOSE}",) * catalog.num_plurals
