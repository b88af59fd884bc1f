"""A mongod that compresses nothing, so that a search of its files misses nothing."""

import shlex
from pathlib import Path

from deploy.embedded.mongo import find_mongod

OPTIONS = (
    *("--wiredTigerCollectionBlockCompressor", "none"),
    *("--wiredTigerJournalCompressor", "none"),
    *("--wiredTigerIndexPrefixCompression", "false"),
)


def plain_mongod(folder: Path) -> Path:
    """Write a program for WLC_MONGOD into a folder: the usual one, told to compress nothing."""
    program = find_mongod()
    command = shlex.join((str(program), *OPTIONS))
    if (program.parent / "libssl.so.1.1").exists():
        command = f"env LD_LIBRARY_PATH={shlex.quote(str(program.parent))} {command}"
    script = folder / "mongod"
    script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    script.chmod(0o700)
    return script
