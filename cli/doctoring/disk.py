"""Whether there is room for what is stored."""

import shutil
from pathlib import Path

from cli.doctoring.checks import Check
from cli.errors import REFUSED

NEEDED_MB = 1024


def check_folder(folder: Path) -> Check:
    """Look at the disk of the installation's folder."""
    nearest = next(
        path for path in (folder.absolute(), *folder.absolute().parents) if path.exists()
    )
    return check_room("disk", shutil.disk_usage(nearest).free)


def check_room(name: str, free_bytes: int) -> Check:
    """Say how much is free, and whether that is too little."""
    free = free_bytes >> 20
    if free < NEEDED_MB:
        return Check(name, f"{free} MB are free; make room for {NEEDED_MB} MB.", REFUSED)
    return Check(name, f"{free} MB are free.")
