"""Files that have lain in a folder for their time."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path


def old_files(folder: Path, kept: timedelta) -> Iterator[Path]:
    """Yield those that were put there so long ago. Raises OSError.

    By the time of the last change of the file's entry (ctime), which moving it to this folder sets.
    """
    before = time.time() - kept.total_seconds()
    for file in folder.iterdir():
        found = file.stat(follow_symlinks=False)
        if not file.is_dir() and found.st_ctime < before:
            yield file
