"""The parts of a preview as files, by the names that staff download and scripts write."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.previews import PreviewPart

TEXT = "text/"
NAMES: Mapping[str, str] = {
    "text/plain": "message.txt",
    "text/html": "message.html",
    "text/calendar": "session.ics",
    "application/pdf": "letter.pdf",
}
BRAILLE, BRAILLE_NAME = "brf", "message.brf"
OTHER_NAME = "message.bin"


@dataclass(frozen=True, slots=True)
class PartFile:
    """One part as a file; `media_type` is one that a browser can be told, without parameters."""

    name: str
    media_type: str
    content: bytes


def files_of(parts: Sequence[PreviewPart]) -> list[PartFile]:
    """Return each part as a file with a name of its own. Raises ValueError for broken base64."""
    found: list[PartFile] = []
    for part in parts:
        kind = bare(part.media_type)
        name = _name(kind)
        before = sum(each.name.endswith(name) for each in found)
        found.append(PartFile(f"{before + 1}-{name}" if before else name, kind, _content(part)))
    return found


def bare(media_type: str) -> str:
    """Return a media type without its parameters: `text/plain; charset=utf-8` is text/plain."""
    return media_type.partition(";")[0].strip().lower()


def _name(kind: str) -> str:
    """Return what a part is called; Braille-ready files have no registered media type."""
    return NAMES.get(kind) or (BRAILLE_NAME if BRAILLE in kind else OTHER_NAME)


def _content(part: PreviewPart) -> bytes:
    if part.media_type.startswith(TEXT):
        return part.content.encode()
    return base64.b64decode(part.content, validate=True)
