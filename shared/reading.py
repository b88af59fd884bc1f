"""The broker connection of one service that reads its queue, and what keeps it reading.

A reader whose queue was deleted is told so by the broker, and its connection stands. What it has in
hand is then nowhere else: it is finished before anything. Nothing is read meanwhile: RabbitMQ 3.10
takes a queue made anew for the old one, so that on this channel late acknowledgements would settle
new messages, and new messages would be dropped. Then the queue, once it is there again, is read
over a new connection. (Made anew within milliseconds, 3.10 tells nobody: only a restart helps.)

The same is done when nobody reads the queue. Readers are counted with those of replicas: one that
the broker dropped untold beside others is not noticed.
"""

import asyncio
from contextlib import suppress
from random import uniform
from typing import Any

import structlog
from aio_pika.abc import AbstractRobustChannel, AbstractRobustQueue
from aiormq import spec
from aiormq.abc import AbstractConnection
from aiormq.exceptions import ChannelNotFoundEntity
from fast_depends.pydantic import PydanticSerializer
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.subscriber import RabbitSubscriber
from pydantic import ConfigDict

from shared import topology
from shared.bus import (
    CONNECT_SECONDS,
    RECONNECT_SECONDS,
    lost_connection_as_unavailable,
    named,
)
from shared.delivery import Delivery
from shared.errors import UnavailableError
from shared.properties import read_odd_properties

log = structlog.get_logger()

LOOK_SECONDS = 3.0
RECONNECTED_SECONDS = 10.0
PATIENT_LOOKS = 2
"""In a row at which nobody reads the queue: at one of them this may just be about to read it."""
GONE = "its queue is missing or was replaced"
UNREACHABLE = "its queue cannot be read: it is missing, or the connection to RabbitMQ is lost"


class Reader:
    """Hands each message of the service's queue to `delivery`."""

    def __init__(
        self, url: str, service: str, delivery: Delivery, *, prefetch: int, stop_seconds: float
    ) -> None:
        read_odd_properties()
        self._queue = topology.queue(service)
        self._delivery = delivery
        self._broker = _broker(named(url, f"{service}-consume"), prefetch, stop_seconds)
        self._subscriber = self._subscribe()
        self._is_wanted, self._is_there = False, True
        self._in_hand, self._looks_unread = 0, 0
        self._tasks: set[asyncio.Task[None]] = set()

    def _subscribe(self) -> RabbitSubscriber:
        queue = RabbitQueue(self._queue, declare=False)
        subscriber = self._broker.subscriber(queue, no_reply=True, ack_policy=AckPolicy.MANUAL)

        async def straight(message: Any) -> None:
            """Pass over FastStream's scope of contexts, parsers, middlewares: a fifth of the work.

            A stop waits for whoever holds the lock.
            """
            self._in_hand += 1
            try:
                with subscriber.lock:
                    await self._delivery.on_message(message)
            finally:
                self._in_hand -= 1

        subscriber(straight)
        subscriber.process_message = straight  # type: ignore[method-assign, assignment]
        return subscriber

    async def start(self) -> None:
        """Connect and read. Raises what the client raises when the broker cannot be reached."""
        self._is_wanted = True
        await self._broker.start()
        channel = await self._broker.config.channel_manager.get_channel()
        channel.reopen_callbacks.add(self._listen)
        await self._listen(channel)

    async def _listen(self, channel: AbstractRobustChannel) -> None:
        """Hear when the broker takes the reader away; the channel below is new at each opening."""
        (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(self._on_cancel)

    def _on_cancel(self, frame: spec.Basic.Cancel) -> None:
        """Have aio-pika not read again under the same tag, as it would by itself."""
        self._looks_unread = PATIENT_LOOKS
        queue = self._subscriber._queue_obj  # noqa: SLF001 - FastStream offers no other way to it
        if queue is not None and frame.consumer_tag is not None:
            task = asyncio.create_task(_forget(queue, frame.consumer_tag))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Take nothing new, wait for what is in hand, close the connection."""
        self._is_wanted = False
        await self._broker.stop()

    async def trouble(self) -> str | None:
        """Say what keeps it from reading; None before anybody has wanted it."""
        if not self._is_wanted:
            return None
        if not await self._broker.ping(timeout=1.0):
            return UNREACHABLE
        return None if self._is_there and self._looks_unread < PATIENT_LOOKS else GONE

    async def keep_reading(self) -> None:
        """Look at the queue again and again; read it over a new connection when that is needed."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(UnavailableError), lost_connection_as_unavailable():
                if self._is_wanted and await self._broker.ping(timeout=1.0):
                    await self._look()

    async def _look(self) -> None:
        transport = (await self._broker.connect()).transport
        if transport is None:
            return
        readers = await _readers(transport.connection, self._queue)
        self._is_there = readers is not None
        if readers == 0:
            self._looks_unread += 1
        elif self._looks_unread < PATIENT_LOOKS:
            self._looks_unread = 0
        if self._is_there and self._looks_unread >= PATIENT_LOOKS and not self._in_hand:
            await self._read_anew(transport.connection)

    async def _read_anew(self, connection: AbstractConnection) -> None:
        log.warning("queue_read_anew")
        await self._subscriber.stop()
        await connection.close()
        if await self._broker.ping(timeout=RECONNECTED_SECONDS) and self._is_wanted:
            await self._subscriber.start()
            self._looks_unread = 0


async def _forget(queue: AbstractRobustQueue, tag: str) -> None:
    with suppress(UnavailableError), lost_connection_as_unavailable():
        await queue.cancel(tag, nowait=True)


async def _readers(connection: AbstractConnection, queue: str) -> int | None:
    """Return how many read it, replicas too; None when it is missing.

    On a channel of its own: the broker closes one that asks for a queue that is missing.
    """
    channel = await connection.channel(publisher_confirms=False)
    try:
        declared = await channel.queue_declare(queue, passive=True)
    except ChannelNotFoundEntity:
        return None
    finally:
        await channel.close()
    return declared.consumer_count or 0


def _broker(url: str, prefetch: int, stop_seconds: float) -> RabbitBroker:
    return RabbitBroker(
        url,
        timeout=CONNECT_SECONDS,
        default_channel=Channel(prefetch_count=prefetch, on_return_raises=True),
        reconnect_interval=uniform(*RECONNECT_SECONDS),  # noqa: S311 - no secret
        graceful_timeout=stop_seconds,
        serializer=PydanticSerializer(
            pydantic_config=ConfigDict(hide_input_in_errors=True), use_fastdepends_errors=False
        ),
        apply_types=False,
        logger=None,
    )
