"""How much may come in at once; who would exceed it is asked to come again."""

from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request

from services.intake.domain.json_text import BATCH_BYTES
from shared.errors import UnavailableError

MOST_BYTES = 4 * BATCH_BYTES

CheckOutbox = Callable[[], Awaitable[None]]


class Room:
    """Bounds the bytes of the requests in hand, and what waits to be published after them.

    A dependency of the addresses that take something in. `check_outbox` raises UnavailableError.
    """

    def __init__(self, check_outbox: CheckOutbox) -> None:
        self._check_outbox = check_outbox
        self._bytes = 0

    async def __call__(self, request: Request) -> AsyncIterator[None]:
        """Hold room for a request as long as it lasts. Raises UnavailableError."""
        await self._check_outbox()
        coming = _length(request)
        if self._bytes + coming > MOST_BYTES:
            raise UnavailableError("too much comes in at once")
        self._bytes += coming
        try:
            yield
        finally:
            self._bytes -= coming


def _length(request: Request) -> int:
    """Return how long the body says that it is, at most what is read of it."""
    said = request.headers.get("content-length", "")
    return min(int(said), BATCH_BYTES) if said.isdecimal() else BATCH_BYTES
