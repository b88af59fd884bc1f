"""How much may come in at once; who would exceed it is asked to come again."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request

from services.intake.domain.json_text import BATCH_BYTES
from shared.errors import UnavailableError

MOST_BYTES = 4 * BATCH_BYTES

CheckOutbox = Callable[[], Awaitable[None]]


class Room:
    """Bounds the bytes of the requests in hand, and what waits to be published after them.

    Each key has room of its own: nobody fills that of another publisher. A dependency of the
    addresses that take something in; `check_outbox` raises UnavailableError.
    """

    def __init__(self, check_outbox: CheckOutbox) -> None:
        self._check_outbox = check_outbox
        self._bytes: Counter[str] = Counter()

    async def __call__(self, request: Request) -> AsyncIterator[None]:
        """Hold room for a request as long as it lasts. Raises UnavailableError."""
        await self._check_outbox()
        key, coming = request.headers.get("authorization", ""), _length(request)
        if self._bytes[key] + coming > MOST_BYTES:
            raise UnavailableError("too much comes in at once")
        self._bytes[key] += coming
        try:
            yield
        finally:
            self._bytes[key] -= coming
            self._bytes += Counter()  # which leaves out who has nothing in hand


def _length(request: Request) -> int:
    """Return how long the body says that it is, at most what is read of it."""
    said = request.headers.get("content-length", "")
    return min(int(said), BATCH_BYTES) if said.isdecimal() else BATCH_BYTES
