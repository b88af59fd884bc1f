"""Handing e-mails to the first of several mail servers that takes them."""

import asyncio
from collections import OrderedDict
from email.message import EmailMessage

from services.notification.clients.return_paths import ReturnPaths
from services.notification.clients.smtp.outlet import Outlet, RestsError
from services.notification.clients.smtp.posting import Dsn, Posting, posting
from services.notification.clients.smtp.servers import IDLE_SECONDS, SmtpServer
from services.notification.domain import HandedOver, NotReachedError
from shared.errors import UnknownError

LONGEST_SECONDS = 60.0
"""Well below the lease of due work, waiting for a connection and every server included."""

REMEMBERED = 10_000


class SmtpMailer:
    """See ports.Mailer. Each server gets at most `connections` e-mails at once.

    What a server took stays known here, so that a failed commit does not send it again. One that
    may have it is not followed by the next: the message is tried again under its same Message-ID.
    """

    def __init__(
        self,
        *servers: SmtpServer,
        connections: int = 8,
        dsn: Dsn = "none",
        paths: ReturnPaths | None = None,
        rest_seconds: float = 60.0,
    ) -> None:
        self._outlets = [
            Outlet(each, connections=connections, dsn=dsn, rest_seconds=rest_seconds)
            for each in servers
        ]
        self._paths = paths
        self._taken: OrderedDict[str, HandedOver] = OrderedDict()

    async def send(self, mail: EmailMessage) -> HandedOver:
        name = str(mail["Message-ID"])
        if taken := self._taken.get(name):
            return taken
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                provider = await self._taken_by(posting(mail, self._paths))
        except TimeoutError:
            raise UnknownError("the mail servers took too long") from None
        self._taken[name] = handed = HandedOver(provider, name.strip("<>").partition("@")[0])
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return handed

    async def _taken_by(self, wanted: Posting) -> str:
        """Return the name of the server that took it: one that rests is asked when no other did."""
        left = self._outlets
        for even_resting in (False, True):
            resting = []
            for outlet in left:
                try:
                    await outlet.take(wanted, even_resting=even_resting)
                except RestsError:
                    resting.append(outlet)
                except NotReachedError:
                    continue
                else:
                    return outlet.name
            left = resting
        raise NotReachedError("no mail server took the message")

    async def tidy(self) -> None:
        """Close connections that nobody needed for a while; when cancelled, all of them."""
        try:
            while True:
                await asyncio.sleep(IDLE_SECONDS)
                self._close_idle(IDLE_SECONDS)
        finally:
            self.close()

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._close_idle(0)

    def _close_idle(self, seconds: float) -> None:
        for outlet in self._outlets:
            outlet.close_idle(seconds)
