"""One mail server as a way out: how many e-mails it gets at once, and whether it is well."""

import asyncio
from time import monotonic

from aiosmtplib import SMTP

from services.notification.clients.smtp.handing_over import (
    FAULTS,
    LostError,
    PutOffError,
    hand_over,
)
from services.notification.clients.smtp.posting import Dsn, Posting
from services.notification.clients.smtp.servers import Connections, SmtpServer
from services.notification.domain import NotReachedError, RefusedError
from shared.errors import UnavailableError

FAULTS_BEFORE_REST = 3


class RestsError(NotReachedError):
    """The server was not asked: it failed several times in a row, not long ago."""


class Outlet:
    """Hands over at most `connections` e-mails at once."""

    def __init__(
        self, server: SmtpServer, *, connections: int, dsn: Dsn, rest_seconds: float
    ) -> None:
        self.name = server.name
        self._connections = Connections(server)
        self._free = asyncio.Semaphore(connections)
        self._dsn = dsn
        self._rest_seconds = rest_seconds
        self._faults = 0
        self._rests_until = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether it failed several times in a row, so that others come first for a while."""
        return monotonic() < self._rests_until

    async def take(self, posting: Posting, *, even_resting: bool) -> None:
        """Return when the server took it; raises RestsError, and what `hand_over` does."""
        self._check_rest(even_resting=even_resting)
        async with self._free:
            self._check_rest(even_resting=even_resting)
            await self._try(posting)

    def _check_rest(self, *, even_resting: bool) -> None:
        if self.is_resting and not even_resting:
            raise RestsError("the mail server rests")

    async def _try(self, posting: Posting) -> None:
        try:
            await self._over_any(posting)
        except PutOffError:
            raise
        except UnavailableError:
            self._faults += 1
            if self._faults >= FAULTS_BEFORE_REST:
                self._rests_until = monotonic() + self._rest_seconds
            raise
        except RefusedError:
            self._faults = 0
            raise
        self._faults, self._rests_until = 0, 0.0

    async def _over_any(self, posting: Posting) -> None:
        """Take a connection that stands, else a new one: servers close those that wait long."""
        while kept := self._connections.idle():
            try:
                return await self._over(kept, posting)
            except LostError:
                continue
        return await self._over(await self._opened(), posting)

    async def _opened(self) -> SMTP:
        try:
            return await self._connections.open()
        except (*FAULTS, ValueError):
            raise NotReachedError("the mail server cannot be reached, or lets us not in") from None

    async def _over(self, connection: SMTP, posting: Posting) -> None:
        """Hand over; a connection that met a fault is not used again."""
        try:
            await hand_over(posting, connection, self._dsn)
        except (RefusedError, PutOffError):
            await self._keep_emptied(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._connections.keep(connection)

    async def _keep_emptied(self, connection: SMTP) -> None:
        try:
            await connection.rset()
        except BaseException as error:
            connection.close()
            if not isinstance(error, FAULTS):
                raise
        self._connections.keep(connection)

    def close_idle(self, seconds: float) -> None:
        """Close the connections that nobody needed for so long."""
        self._connections.close_idle(seconds)
