"""Acknowledging: what is settled in one turn of the event loop, in as few frames as can be.

The broker numbers the deliveries of a channel from 1, and one frame may acknowledge all up to a
number. As far as every delivery is settled they go in one frame; those above a gap go alone.
"""

import asyncio

import structlog
from aio_pika.abc import AbstractIncomingMessage
from aiormq.abc import AbstractChannel
from aiormq.exceptions import AMQPError

log = structlog.get_logger()


class Acks:
    """Which deliveries of the channel in use are settled.

    Everything up to `_floor` is, and what is in `_above`; `_unsent` is still to be acknowledged.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._start_over(None)

    def _start_over(self, channel: AbstractChannel | None) -> None:
        self._channel = channel
        self._floor = 0
        self._above: set[int] = set()
        self._unsent: set[int] = set()
        self._is_sending = False

    def settled(self, message: AbstractIncomingMessage) -> None:
        """Have a message acknowledged with whatever else is settled in this turn."""
        if channel := self._channel_of(message):
            self._unsent.add(self._settle(message))
            if not self._is_sending:
                self._is_sending = True
                task = asyncio.create_task(self._send_all(channel))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def is_lost(self, message: AbstractIncomingMessage) -> bool:
        """Whether the message's channel is gone, so that it is delivered anew."""
        return self._channel_of(message) is None

    async def put_back(self, message: AbstractIncomingMessage) -> None:
        """Give a message back to its queue."""
        if channel := self._channel_of(message):
            await message.nack()
            if channel is self._channel:
                self._settle(message)

    def _settle(self, message: AbstractIncomingMessage) -> int:
        tag = int(message.delivery_tag or 0)
        self._above.add(tag)
        return tag

    def _channel_of(self, message: AbstractIncomingMessage) -> AbstractChannel | None:
        """Return the channel, if it still stands: what a lost one had is delivered anew."""
        try:
            channel: AbstractChannel = message.channel
        except (AMQPError, RuntimeError):
            return None
        if channel is not self._channel:
            self._start_over(channel)
        return channel

    async def _send_all(self, channel: AbstractChannel) -> None:
        """Send until nothing is left: one at a time, or a frame could overtake a wider one."""
        try:
            while self._channel is channel and self._unsent:
                await asyncio.sleep(0)
                await self._send(channel)
        except (AMQPError, RuntimeError, OSError) as error:
            log.info("acknowledgements_lost", error_type=type(error).__name__)
        finally:
            if self._channel is channel:
                self._is_sending = False

    async def _send(self, channel: AbstractChannel) -> None:
        unsent, self._unsent = self._unsent, set()
        while self._floor + 1 in self._above:
            self._floor += 1
            self._above.discard(self._floor)
        together = {tag for tag in unsent if tag <= self._floor}
        if together:
            await channel.basic_ack(max(together), multiple=True)
        for tag in unsent - together:
            await channel.basic_ack(tag)
