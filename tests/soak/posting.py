"""Staff who post the letters that are printed: each is moved to where it counts as posted."""

import asyncio
from pathlib import Path

POSTED = "posted"
ADDRESS = ".address.txt"
LOOK_SECONDS = 1.0


async def post(letters: Path) -> None:
    """Move each letter with its address, until cancelled."""
    (letters / POSTED).mkdir(exist_ok=True)
    while True:
        for letter in letters.iterdir():
            if letter.is_file() and not letter.name.startswith(".") and ADDRESS not in letter.name:
                for each in letters.glob(f"{letter.stem}.*"):
                    each.rename(letters / POSTED / each.name)
        await asyncio.sleep(LOOK_SECONDS)
