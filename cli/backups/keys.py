"""The key of backups: in a file of its own, which lies with none of them."""

import base64
import binascii
import os
from pathlib import Path

from cli.backups.archive import KEY_BYTES
from cli.errors import CommandError
from cli.terminal import say
from deploy.embedded import EmbeddedError
from deploy.embedded.folders import write_private

VARIABLE = "WLC_BACKUP_KEY_FILE"
OTHERS_MAY = 0o077


def key_for_backup(path: Path, *, apart_from: tuple[Path, ...]) -> bytes:
    """Return the key, which is made when there is no such file. Raises CommandError."""
    for folder in apart_from:
        if path.resolve().is_relative_to(folder.resolve()):
            raise CommandError(
                f"{path} lies in {folder}: a key beside what it opens protects nothing; "
                "name a file elsewhere by --key-file."
            )
    if not path.exists():
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, f"{base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n")
        except (EmbeddedError, OSError) as error:
            raise CommandError(
                f"{path} cannot be made; name another file by --key-file."
            ) from error
        say(f"made the key {path}: keep a copy of it elsewhere, without it no backup can be read")
    return key_in(path)


def key_in(path: Path) -> bytes:
    """Return the key of a file. Raises CommandError."""
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read; name the key file by --key-file.") from error
    if mode & OTHERS_MAY:
        raise CommandError(f"{path} can be read by others; run `chmod 600 {path}` first.")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise CommandError(f"{path} holds no key of {KEY_BYTES} bytes in base64.")
    return key
