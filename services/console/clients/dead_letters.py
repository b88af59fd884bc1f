"""What the console asks of other systems: how many messages lie in the dead letters."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic

from shared.errors import UnavailableError
from shared.topology import ROUTES, dead_letter_queue

KEPT_SECONDS = 5.0
"""For so long a count does for every page that asks."""

Depths = Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]


class BrokerDeadLetters:
    """The dead-letter queues of all services, counted by the broker."""

    def __init__(self, depths: Depths, *, services: Sequence[str] = tuple(ROUTES)) -> None:
        self._depths = depths
        self._queues = {dead_letter_queue(name): name for name in services}
        self._counted: Mapping[str, int] | None = None
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def counted(self) -> Mapping[str, int] | None:
        """See ports.DeadLetters. Whoever asks meanwhile gets the same answer."""
        async with self._asking:
            if monotonic() >= self._good_until:
                self._counted = await self._count()
                self._good_until = monotonic() + KEPT_SECONDS
            return self._counted

    async def _count(self) -> Mapping[str, int] | None:
        try:
            found = await self._depths(tuple(self._queues))
        except UnavailableError:
            return None
        return {self._queues[name]: count for name, count in found.items()}
