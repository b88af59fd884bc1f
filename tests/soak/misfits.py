"""What is sent of marked people and is not taken: refused for a fault, or not to be read."""

import asyncio
from collections.abc import Iterator

from tests.soak.administrator import without_rights
from tests.soak.history import Event, History
from tests.soak.installation import Installation
from tests.soak.marked import Marked
from tests.soak.sending import Ledger, Sender

EVERY = 5
PAUSE_SECONDS = 0.5
RETRIES_SECONDS = 60.0
NO_JSON = b'{"specversion": "1.0", "data": {"name": "%s", "contacts": ["%s", "%s"], "and": '


class Misfits:
    """Sends some of every fifth marked person; `sent` counts them, `retried` those that waited."""

    def __init__(self, installation: Installation, history: History) -> None:
        self._installation, self._history = installation, history
        self.sent = self.retried = 0

    async def run(self) -> None:
        """Send one with a fault by each door, and one nobody can read, whatever is broken."""
        sender = Sender(self._installation.addresses, Ledger())
        for reference, who in self._some():
            await sender.by_http([self._refused(reference, who, "http")])
            await sender.by_amqp([self._refused(reference, who, "amqp")])
            unreadable, kind = f"unreadable-{who.number}", "wlc.participant.submitted.v1"
            await sender.as_it_is(_unreadable(who), unreadable, kind)
            self.sent += 3
            await asyncio.sleep(PAUSE_SECONDS)
        await sender.close()

    async def have_tried_again(self) -> None:
        """Send one with a fault while intake may not use its database: it waits for another try."""
        sender = Sender(self._installation.addresses, Ledger())
        async with without_rights("intake", self._installation.folder / "mongo"):
            for reference, who in self._some():
                await sender.by_amqp([self._refused(reference, who, "again")])
                self.sent += 1
            async with asyncio.timeout(RETRIES_SECONDS):
                while not self.retried:
                    self.retried = (await self._installation.status())["intake"]["retrying"] or 0
        await sender.close()

    def _some(self) -> Iterator[tuple[str, Marked]]:
        yield from list(self._history.marked.items())[::EVERY]

    def _refused(self, reference: str, who: Marked, way: str) -> Event:
        """Return what has a fault: a wish where the code of a need belongs."""
        event = self._history.said_of(reference, 1, "soak-0", "email")
        data = {**event["data"], "needs": [who.wish]}
        return {**event, "id": f"refused-{who.number}-{way}", "data": data}


def _unreadable(who: Marked) -> bytes:
    return NO_JSON % tuple(each.encode() for each in (who.name, who.email, who.phone))
