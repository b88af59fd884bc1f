"""Letters as files in a folder, for staff to print and to post.

Staff move what they posted to `posted`, and what came back to `returned`.
"""

import asyncio
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from services.notification.clients.markdown import one_line
from services.notification.clients.old_files import old_files
from services.notification.domain import (
    HandedOver,
    NotItsKindError,
    NotReachedError,
    Parcel,
    PostalLetter,
    Receipt,
)
from shared.errors import UnavailableError

T = TypeVar("T")

POSTED = "posted"
RETURNED = "returned"
ADDRESS = "address.txt"
KEPT_AFTER_POSTING = timedelta(days=14)
RECEIPTS = {POSTED: Receipt.DELIVERED, RETURNED: Receipt.UNKNOWN_ADDRESS}


class PrintFolder:
    """See ports.Carrier. A letter is there when its document is: its address is written first.

    The folder has to be there already: made anew in place of one that is not mounted, it would
    take letters that nobody finds.
    """

    called = "print_folder"

    def __init__(
        self, folder: Path, *, name: str = "print-folder", kept: timedelta = KEPT_AFTER_POSTING
    ) -> None:
        self._folder = folder
        self._name = name
        self._kept = kept

    @property
    def name(self) -> str:
        """See ports.Carrier."""
        return self._name

    async def find(self, key: str) -> HandedOver | None:
        """See ports.Carrier."""
        found = await asyncio.to_thread(self._looking, lambda: self._document(key))
        return HandedOver(self._name, found) if found else None

    async def hand_over(self, parcel: Parcel) -> HandedOver:
        """See ports.Carrier."""
        if not isinstance(parcel, PostalLetter):
            raise NotItsKindError("only letters can be printed")
        await asyncio.to_thread(self._write, parcel)
        return HandedOver(self._name, _document_name(parcel))

    async def receipt(self, reference: str) -> Receipt:
        """See ports.Carrier."""
        return await asyncio.to_thread(self._looking, lambda: self._receipt(reference))

    async def forget(self, message_ids: Collection[str]) -> int:
        """See ports.Keepsakes; also what staff moved to `posted` and `returned`."""
        wanted = frozenset(message_ids)
        return await asyncio.to_thread(self._looking, lambda: self._forget(wanted))

    def _forget(self, message_ids: frozenset[str]) -> int:
        places = (self._folder, *(self._folder / each for each in RECEIPTS))
        found = [
            file
            for place in places
            for file in (place.iterdir() if place.is_dir() else ())
            if file.name.lstrip(".").partition(".")[0] in message_ids
        ]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)

    async def drop_old(self) -> int:
        """See ports.Keepsakes: what was posted or came back, and its address; nothing unposted."""
        return await asyncio.to_thread(self._looking, self._drop_old)

    def _drop_old(self) -> int:
        places = [self._folder / each for each in RECEIPTS if (self._folder / each).is_dir()]
        done = [file for place in places for file in old_files(place, self._kept)]
        letters = {file.name.partition(".")[0] for file in done}
        addresses = (self._folder / f"{each}.{ADDRESS}" for each in letters)
        gone = [*done, *(each for each in addresses if each.is_file())]
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)

    def _looking(self, look: Callable[[], T]) -> T:
        try:
            if not self._folder.is_dir():
                raise UnavailableError("the print folder is not there")
            return look()
        except OSError:
            raise UnavailableError("the print folder cannot be read") from None

    def _document(self, key: str) -> str | None:
        for place in (self._folder, self._folder / POSTED, self._folder / RETURNED):
            for file in place.iterdir() if place.is_dir() else ():
                if file.name.startswith(f"{key}.") and not file.name.endswith(f".{ADDRESS}"):
                    return file.name
        return None

    def _receipt(self, reference: str) -> Receipt:
        for place, receipt in RECEIPTS.items():
            if (self._folder / place / reference).is_file():
                return receipt
        return Receipt.UNDER_WAY

    def _write(self, letter: PostalLetter) -> None:
        address = self._folder / f"{letter.key}.{ADDRESS}"
        try:
            for place in RECEIPTS:
                (self._folder / place).mkdir(mode=0o700, exist_ok=True)
            _replace(address, "".join(f"{one_line(line)}\n" for line in letter.address).encode())
            _replace(self._folder / _document_name(letter), letter.document.content)
        except OSError:
            with suppress(OSError):
                address.unlink()
            raise NotReachedError("the print folder took nothing") from None
        self._settle()

    def _settle(self) -> None:
        try:
            _sync(self._folder)
        except OSError:
            raise UnavailableError("a power cut may take a letter out of the folder") from None


def _document_name(letter: PostalLetter) -> str:
    return f"{letter.key}.{letter.document.ending.lstrip('.')}"


def _replace(target: Path, content: bytes) -> None:
    """Let the file appear whole or not at all, readable by its owner alone."""
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with os.fdopen(_private(unfinished), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)


def _sync(folder: Path) -> None:
    """Have the names of its files survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
