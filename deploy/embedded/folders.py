"""A server's own folder: private to its user, held by one running instance."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.errors import EmbeddedError

LOCK = "lock"
_FREE_BYTES_NEEDED = 1 << 30


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder if missing and hold it alone; the kernel lets go when the holder dies."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise _unusable(folder, exc) from exc
    try:
        _lock(handle, folder)
        _check_space(folder)
        yield
    finally:
        os.close(handle)


def write_private(path: Path, text: str) -> None:
    """Replace the file as a whole, readable by its owner only."""
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as exc:
        raise _unusable(path.parent, exc) from exc


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        sentence = (
            f"{folder} is in use by an instance that is running; "
            "stop that one first, or start with another folder (--data)."
        )
        raise EmbeddedError(sentence) from exc


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _FREE_BYTES_NEEDED:
        sentence = (
            f"only {free >> 20} MB are free on the disk of {folder}, and 1024 MB are needed; "
            "make room, or start with a folder on another disk (--data)."
        )
        raise EmbeddedError(sentence)


def _unusable(folder: Path, exc: OSError) -> EmbeddedError:
    full = exc.errno in {errno.ENOSPC, errno.EDQUOT}
    reason = "the disk is full" if full else (exc.strerror or "it cannot be written")
    advice = "make room" if full else "give this user the right to write there"
    return EmbeddedError(
        f"{folder} cannot be used: {reason}; {advice}, or start with another folder (--data)."
    )
