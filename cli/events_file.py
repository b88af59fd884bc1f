"""Reading a file of CloudEvents: JSON Lines, one JSON array, or one event.

Each event keeps the text it was written in, so that intake judges what was sent and not what
this program made of it.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.errors import CommandError
from cli.outcomes import Finding

BOM = b"\xef\xbb\xbf"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
STDIN = "-"
TABLES = frozenset({".csv", ".tsv"})


@dataclass(frozen=True, slots=True)
class Written:
    """An event at its place in a file; without `event` when it is no JSON object."""

    unit: str
    number: int
    text: str = ""
    event: dict[str, Any] | None = None
    fault: Finding | None = None

    @property
    def id(self) -> str | None:
        return self._text_of("id")

    @property
    def source(self) -> str:
        return self._text_of("source") or ""

    @property
    def type(self) -> str | None:
        return self._text_of("type")

    def _text_of(self, name: str) -> str | None:
        value = (self.event or {}).get(name)
        return value if isinstance(value, str) else None


def read_events(file: str) -> list[Written]:
    """Return the events of a file (`-`: stdin). Raises CommandError when it cannot be read."""
    written = _read(file).removeprefix(BOM)
    content, name = written.strip(), "standard input" if file == STDIN else file
    if not content:
        raise CommandError(f"{name} is empty; give CloudEvents.")
    if _is_sheet(file, content):
        said = "FILE" if file == STDIN else file
        raise CommandError(f"{name} is a spreadsheet; `wlc import participants {said}` takes it.")
    if content.startswith(b"["):
        return list(_array(content, name))
    if content.startswith(b"{") and (whole := _one("event", 1, content)).event is not None:
        return [whole]
    lines = enumerate(written.split(b"\n"), start=1)
    return [_one("line", number, line) for number, line in lines if line.strip()]


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise CommandError(f"{file} cannot be read: {reason.lower()}; check the name.") from error


def _is_sheet(file: str, content: bytes) -> bool:
    is_table = Path(file).suffix.lower() in TABLES and not content.startswith((b"{", b"["))
    return is_table or content.startswith(WORKBOOKS)


def _array(content: bytes, name: str) -> Iterator[Written]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{name} is not UTF-8 at byte {error.start}; save it as UTF-8."
        ) from error
    decoder, at, number = json.JSONDecoder(), _skip(text, 1), 0
    while text[at : at + 1] != "]":
        number += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _no_array(name, number, error) from error
        yield _written("event", number, text[at:end], value)
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise _no_array(name, number)


def _no_array(name: str, number: int, error: Exception | None = None) -> CommandError:
    if isinstance(error, RecursionError):
        reason = f"{name} nests too deep at event {number}"
    elif error is None or isinstance(error, json.JSONDecodeError):
        reason = f"{name} is not a JSON array: it breaks off at event {number}"
    else:
        reason = f"{name} has a number too long in event {number}"
    return CommandError(f"{reason}; correct it there.")


def _skip(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _one(unit: str, number: int, content: bytes) -> Written:
    try:
        text = content.decode().strip()
        return _written(unit, number, text, json.loads(text))
    except UnicodeDecodeError:
        sentence, code = "This line is not UTF-8.", "not-utf-8"
    except json.JSONDecodeError as error:
        sentence, code = f"This line is not JSON from character {error.pos + 1}.", "not-json"
    except (ValueError, RecursionError):
        sentence, code = "This line is nested too deep or has a number too long.", "not-json"
    return Written(unit, number, fault=Finding("", code, sentence))


def _written(unit: str, number: int, text: str, value: object) -> Written:
    if isinstance(value, dict):
        return Written(unit, number, text, value)
    fault = Finding("", "not-an-object", "An event is a JSON object.")
    return Written(unit, number, text, fault=fault)
