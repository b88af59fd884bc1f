"""Every byte of a folder, searched: also what is compressed, or written as e-mail."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from cli.erasing.marks import Marks, overlapping

CHUNK_BYTES = 1 << 20
WHOLE_BYTES = 32 << 20
"""Larger files are read in pieces only, and nothing in them is unpacked."""
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Searched:
    """How many things of a place were looked at, and where something was found; never what."""

    place: str
    looked_at: int
    found: tuple[str, ...] = ()


def search_folder(place: str, folder: Path, marks: Marks) -> Searched:
    """Search every file beneath a folder, and the names of the files."""
    looked_at, found = 0, []
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        looked_at += 1
        name = str(file.relative_to(folder))
        texts = overlapping(_chunks(file), marks.longest)
        if any(map(marks.are_in, texts)) or any(map(marks.are_in, _unpacked(file))):
            found.append(_harmless(name, marks))
    return Searched(place, looked_at, tuple(found))


def _harmless(name: str, marks: Marks) -> str:
    said = name.encode(errors="surrogateescape")
    return "(a file whose name says it)" if marks.are_in(said) else name


def _chunks(file: Path) -> Iterator[bytes]:
    """Yield a file piece by piece; one that goes while it is searched has gone."""
    yield file.name.encode(errors="surrogateescape") + b"\n"
    with suppress(FileNotFoundError), file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            if chunk.strip(b"\0"):  # servers' files are made long before they are full
                yield chunk


def _unpacked(file: Path) -> Iterator[bytes]:
    with suppress(FileNotFoundError):
        if file.stat().st_size > WHOLE_BYTES:
            return
        raw = file.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            with suppress(OSError, EOFError, zlib.error):
                yield gzip.decompress(raw)
        if file.suffix == ".eml":
            yield from _parts(raw)
        if raw[:4] == b"%PDF":
            for stream in STREAM.findall(raw):
                with suppress(zlib.error):
                    yield zlib.decompress(stream)


def _parts(raw: bytes) -> Iterator[bytes]:
    mail = message_from_bytes(raw, policy=default)
    yield "\n".join(str(value) for value in mail.values()).encode(errors="replace")
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content
