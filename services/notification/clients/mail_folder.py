"""The folder of a mail server that delivers nothing, as the local runner and the demo have it."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from services.notification.clients.old_files import old_files
from shared.errors import UnavailableError

KEPT_AS_CAUGHT = timedelta(days=30)


class MailFolder:
    """See ports.Keepsakes: each e-mail is a file that is named after its Message-ID."""

    called = "mail_folder"

    def __init__(self, folder: Path, *, kept: timedelta = KEPT_AS_CAUGHT) -> None:
        self._folder = folder
        self._kept = kept

    async def forget(self, message_ids: Collection[str]) -> int:
        """See ports.Keepsakes."""
        return await asyncio.to_thread(self._forget, frozenset(message_ids))

    async def drop_old(self) -> int:
        """See ports.Keepsakes."""
        return await asyncio.to_thread(self._drop_old)

    def _drop_old(self) -> int:
        try:
            found = list(old_files(self._folder, self._kept))
            for file in found:
                file.unlink(missing_ok=True)
        except OSError:
            raise UnavailableError("the folder of caught mail cannot be read") from None
        return len(found)

    def _forget(self, message_ids: frozenset[str]) -> int:
        try:
            found = [each for each in self._folder.iterdir() if _id_of(each) in message_ids]
            for file in found:
                file.unlink(missing_ok=True)
        except OSError:
            raise UnavailableError("the folder of caught mail cannot be read") from None
        return len(found)


def _id_of(file: Path) -> str:
    return file.name.partition("@")[0]
