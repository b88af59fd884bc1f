"""One file of a backup: records, compressed and encrypted, of which none can be taken away unseen.

After a line of JSON in the clear come pieces of at most 1 MiB, each sealed with AES-256-GCM under a
key of this file alone. A nonce counts the pieces and marks the last one; what is read is refused
when a piece is changed, moved or missing (the construction STREAM of Hoang, Reyhanitabar, Rogaway
and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015).
"""

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cli.errors import REFUSED, CommandError

FORMAT = "wlc-backup-1"
PIECE_BYTES = 1 << 20
KEY_BYTES = 32
LENGTH_BYTES = 4
COUNTER_BYTES = 11
LAST, MORE = b"\x01", b"\x00"
LONGEST_HEADER = 4096
FASTEST = 1


class ArchiveError(CommandError):
    """A file of a backup cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}", REFUSED)


class Writer:
    """Writes records of one kind each: a letter and bytes. The file is whole once it is closed."""

    def __init__(self, path: Path, key: bytes, about: dict[str, Any]) -> None:
        self._file: IO[bytes] = os.fdopen(_private(path), "wb")
        salt = os.urandom(KEY_BYTES)
        header = {"format": FORMAT, "salt": salt.hex(), **about}
        self._header = json.dumps(header, sort_keys=True).encode() + b"\n"
        self._file.write(self._header)
        self._cipher = _cipher(key, salt)
        self._squeezed = zlib.compressobj(FASTEST)
        self._waiting = bytearray()
        self._pieces = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()
        self._file.close()

    def add(self, letter: bytes, content: bytes) -> None:
        """Add a record."""
        length = len(content).to_bytes(LENGTH_BYTES, "big")
        for part in (letter, length, content):
            self._waiting += self._squeezed.compress(part)
        while len(self._waiting) > PIECE_BYTES:
            self._write(bytes(self._waiting[:PIECE_BYTES]), MORE)
            del self._waiting[:PIECE_BYTES]

    def _finish(self) -> None:
        self._waiting += self._squeezed.flush()
        while len(self._waiting) > PIECE_BYTES:
            self._write(bytes(self._waiting[:PIECE_BYTES]), MORE)
            del self._waiting[:PIECE_BYTES]
        self._write(bytes(self._waiting), LAST)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, clear: bytes, mark: bytes) -> None:
        sealed = self._cipher.encrypt(_nonce(self._pieces, mark), clear, self._header)
        self._file.write(mark + len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed)
        self._pieces += 1


def read_header(path: Path) -> dict[str, Any]:
    """Return what a file says of itself in the clear. Raises ArchiveError."""
    with _opened(path) as file:
        return _header(path, file)[1]


def records(path: Path, key: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each record as it was written. Raises ArchiveError at the first fault."""
    waiting = bytearray()
    for clear in _inflated(path, key):
        waiting += clear
        yield from _whole_records(waiting)
    if waiting:
        raise ArchiveError(path, "it ends in the middle of a record.")


def _whole_records(waiting: bytearray) -> Iterator[tuple[bytes, bytes]]:
    start, before = 0, 1 + LENGTH_BYTES
    while len(waiting) >= start + before:
        length = int.from_bytes(waiting[start + 1 : start + before], "big")
        end = start + before + length
        if len(waiting) < end:
            break
        yield bytes(waiting[start : start + 1]), bytes(waiting[start + before : end])
        start = end
    del waiting[:start]


def _inflated(path: Path, key: bytes) -> Iterator[bytes]:
    inflating = zlib.decompressobj()
    for clear in _pieces(path, key):
        yield inflating.decompress(clear)
    yield inflating.flush()


def _pieces(path: Path, key: bytes) -> Iterator[bytes]:
    with _opened(path) as file:
        line, about = _header(path, file)
        cipher, number, mark = _cipher(key, bytes.fromhex(about["salt"])), 0, MORE
        while mark != LAST:
            mark = file.read(1)
            sealed = file.read(int.from_bytes(file.read(LENGTH_BYTES), "big"))
            if mark not in {MORE, LAST} or not sealed:
                raise ArchiveError(path, "it is cut off; take another backup.")
            try:
                yield cipher.decrypt(_nonce(number, mark), sealed, line)
            except InvalidTag:
                _refuse(path, number)
            number += 1
        if file.read(1):
            raise ArchiveError(path, "something was added at its end; take another backup.")


def _refuse(path: Path, number: int) -> NoReturn:
    if number == 0:
        sentence = "the key does not fit it; name the key file that it was made with, by --key-file"
        raise ArchiveError(path, f"{sentence} (or its beginning was changed).") from None
    raise ArchiveError(path, "it was changed or damaged; take another backup.") from None


def _header(path: Path, file: IO[bytes]) -> tuple[bytes, dict[str, Any]]:
    line = file.readline(LONGEST_HEADER)
    with suppress(ValueError, KeyError, TypeError):
        about: dict[str, Any] = json.loads(line)
        if about["format"] == FORMAT and len(bytes.fromhex(about["salt"])) == KEY_BYTES:
            return line, about
    raise ArchiveError(path, "it is no file of a backup of this version.")


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise ArchiveError(path, f"{error.strerror}.") from error


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _nonce(number: int, mark: bytes) -> bytes:
    return number.to_bytes(COUNTER_BYTES, "big") + mark


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    own = HKDF(SHA256(), KEY_BYTES, salt, FORMAT.encode())
    return AESGCM(own.derive(key))
