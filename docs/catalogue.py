#!/usr/bin/env python3
"""Writes what translators work on: letters.pot, and each language's letters.po brought up to it."""

import argparse
import sys
from pathlib import Path

from services.notification.clients.letters.extraction import blank, template, updated
from services.notification.clients.letters.library import SHIPPED


def files(folder: Path, language: str | None) -> dict[Path, str]:
    """Return the text of every file for translators; `language` is one to begin with."""
    found = {SHIPPED / "letters.pot": template()}
    for file in sorted(folder.glob("*/LC_MESSAGES/letters.po")):
        found[file] = updated(file)
    if language:
        new = folder / language / "LC_MESSAGES" / "letters.po"
        found.setdefault(new, blank(language))
    return found


def main() -> int:
    """Write the files; with `--check` name those that are not what the templates say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=SHIPPED, help="where the languages are")
    parser.add_argument("--language", help="a new language, by its ISO 639 code")
    parser.add_argument("--check", action="store_true", help="write nothing")
    asked = parser.parse_args()
    wanted = files(asked.folder, asked.language)
    if asked.check:
        drifted = [path for path, text in wanted.items() if not _has(path, text)]
        sys.stderr.writelines(f"{path} has drifted: make catalogue\n" for path in drifted)
        return len(drifted)
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _has(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
