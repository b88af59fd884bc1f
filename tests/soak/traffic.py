"""The load: histories told side by side without a break, at times many at once."""

import asyncio
import random
from contextlib import suppress
from time import monotonic
from typing import Any

from tests.soak.history import Event, History
from tests.soak.sending import Ledger, Sender

AT_ONCE = 8
FLOOD_EVERY_SECONDS = 60.0
FLOOD_HISTORIES = 100
PAUSE_SECONDS = 0.25

Told = tuple[tuple[list[Event], list[Event]], float]


class Traffic:
    """Tells histories until stopped; `flood` asks for many at once for as long as it is set."""

    def __init__(self, addresses: dict[str, Any], history: History, flood: asyncio.Event) -> None:
        self.ledger = Ledger()
        self.floods = 0
        self.seconds = 0.0
        self._senders = [Sender(addresses, self.ledger) for _ in range(AT_ONCE)]
        self._history, self._histories = history, history.events()
        self._die = random.Random(history.seed + 1)  # noqa: S311 - a repeatable die, no secret
        self._flood = flood

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until told to stop, then finish what was begun, and what is said of the marked."""
        started = monotonic()
        async with asyncio.TaskGroup() as group:
            for sender in self._senders:
                group.create_task(self._tell_on(sender, stopping))
            group.create_task(self._flood_at_times(stopping))
        self.seconds = monotonic() - started
        for sender in self._senders:
            await sender.close()

    async def _tell_on(self, sender: Sender, stopping: asyncio.Event) -> None:
        while not (stopping.is_set() and self._history.has_told_of_marked):
            await _tell(sender, *self._next())
            await asyncio.sleep(PAUSE_SECONDS)

    async def _flood_at_times(self, stopping: asyncio.Event) -> None:
        last = monotonic()
        while not stopping.is_set():
            if self._flood.is_set() or monotonic() - last > FLOOD_EVERY_SECONDS:
                wave = [self._next() for _ in range(FLOOD_HISTORIES)]
                tells = (_tell(self._senders[n % AT_ONCE], *one) for n, one in enumerate(wave))
                await asyncio.gather(*tells)
                self.floods, last = self.floods + 1, monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), PAUSE_SECONDS)

    def _next(self) -> Told:
        return next(self._histories), self._die.random()


async def _tell(sender: Sender, history: tuple[list[Event], list[Event]], chance: float) -> None:
    """Send a history by HTTP, by AMQP, or half by each at the same time; then its end."""
    events, last = history
    middle = {0: 0, 1: len(events)}.get(int(chance * 3), len(events) // 2)
    await asyncio.gather(
        sender.by_http(events[:middle]) if middle else asyncio.sleep(0),
        sender.by_amqp(events[middle:]),
    )
    for event in last:
        await sender.when_known(event)
