"""Our own pictures for Easy Read letters, and what each shows in words."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup, escape

TITLE = re.compile(r"<title>(.*?)</title>")


def _drawn() -> dict[str, str]:
    folder = Path(__file__).parent / "pictures"
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.svg"))}


_DRAWINGS = _drawn()

PICTURES: Mapping[str, str] = MappingProxyType(
    {name: TITLE.findall(drawing)[0] for name, drawing in _DRAWINGS.items()}
)
"""The alternative text of each picture, in English."""


def picture(name: str, alternative: str = "") -> Markup:
    """Return a picture as SVG; `alternative` says it in another language than English."""
    words = escape(alternative or PICTURES[name])
    return Markup(TITLE.sub(lambda _found: f"<title>{words}</title>", _DRAWINGS[name]))  # noqa: S704 - our own file
