"""The broker connection of one service that publishes.

It is not the one that reads: a broker under alarm blocks a connection that publishes, and whatever
shares it.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import uniform
from time import monotonic
from typing import Any, cast

import aio_pika
import aiormq
import structlog
from aio_pika.abc import AbstractChannel, AbstractRobustConnection, DeliveryMode
from aiormq import spec
from aiormq.exceptions import AMQPError

from shared import topology
from shared.errors import UnavailableError
from shared.outbox import Envelope

log = structlog.get_logger()

CONNECT_SECONDS = 5.0
CONFIRM_SECONDS = 5.0
DEPTH_SECONDS = 2.0
HEARTBEAT_SECONDS = 10
RECONNECT_SECONDS = (1.0, 2.0)
"""Drawn for each connection, so that what lost the broker together does not come back together."""
MOST_UNCONFIRMED = 5_000
LOOK_SECONDS = 0.2
AWAY = "RabbitMQ is away"
BLOCKED = "RabbitMQ takes no messages"
SILENT = "RabbitMQ confirms no messages"
TELL_AGAIN_SECONDS = 60.0
MOST_PROPERTY_BYTES = 255
MOST_IDS_LOGGED = 10


class Bus:
    """The publishing connection. Every publish waits for the broker's confirm."""

    def __init__(self, url: str, service: str) -> None:
        self._url = named(url, f"{service}-publish")
        self._connection: AbstractRobustConnection | None = None
        self._channel: AbstractChannel | None = None
        self._counting: AbstractChannel | None = None
        self._written: aiormq.Channel | None = None
        self._is_wanted = False
        self._told_until = 0.0
        self._under_way = 0

    async def start(self) -> None:
        """Connect. Raises what the client raises when the broker cannot be reached."""
        self._is_wanted = True
        connection = await aio_pika.connect_robust(
            self._url,
            timeout=CONNECT_SECONDS,
            reconnect_interval=uniform(*RECONNECT_SECONDS),  # noqa: S311 - no secret
        )
        try:
            self._channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection

    async def stop(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def trouble(self) -> str | None:
        """Say what keeps the broker from taking messages; None before anybody has wanted it."""
        if not self._is_connected:
            return AWAY if self._is_wanted else None
        if self._is_silent:
            return SILENT
        return BLOCKED if await self._is_blocked() else None

    async def until_usable(self) -> None:
        """Wait until the broker takes messages."""
        while await self.trouble():  # noqa: ASYNC110 - nobody is told when an alarm is over
            await asyncio.sleep(LOOK_SECONDS)

    @property
    def _is_connected(self) -> bool:
        return self._connection is not None and self._connection.connected.is_set()

    async def _is_blocked(self) -> bool:
        """Whether an alarm has the broker read nothing from a connection that publishes."""
        transport = self._connection and self._connection.transport
        try:
            async with asyncio.timeout(0):
                if transport:
                    await transport.connection.ready()
        except TimeoutError:
            return True
        return False

    @property
    def _is_silent(self) -> bool:
        """Whether as much as may be written waits for its confirm, also of who has given up."""
        written = self._written
        unconfirmed = len(written.confirmations) if written and not written.is_closed else 0
        return max(self._under_way, unconfirmed) >= MOST_UNCONFIRMED

    async def depths(self, names: Sequence[str]) -> dict[str, int]:
        """Count what waits in these queues. Raises UnavailableError, also where one is missing."""
        if (trouble := await self.trouble()) or self._connection is None:
            raise UnavailableError(trouble or AWAY)
        with lost_connection_as_unavailable():
            async with asyncio.timeout(DEPTH_SECONDS):
                if self._counting is None or self._counting.is_closed:
                    self._counting = await self._connection.channel(publisher_confirms=False)
                return {name: await _depth(self._counting, name) for name in names}

    async def publish(self, envelopes: Sequence[Envelope]) -> list[str]:
        """Publish events; return the ids of those that were confirmed in time.

        What the broker would not read is not written: it would pile up in this process.
        """
        if await self.trouble():
            return []
        tasks = {
            asyncio.create_task(self._publish(topology.EVENTS, item, {})): item.id
            for item in envelopes
        }
        done, late = await asyncio.wait(tasks, timeout=CONFIRM_SECONDS)
        for task in late:
            task.cancel()
        confirmed = [task for task in done if not task.cancelled() and not task.exception()]
        if len(confirmed) < len(tasks):
            reasons = {type(task.exception()).__name__ for task in done if not task.cancelled()}
            left = [tasks[task] for task in tasks if task not in confirmed]
            self._tell_refused(left, sorted(reasons - {"NoneType"}))
        return [tasks[task] for task in confirmed]

    def _tell_refused(self, ids: Sequence[str], reasons: Sequence[str]) -> None:
        """Log once a minute at most: what is refused is tried again and again."""
        if monotonic() >= self._told_until:
            self._told_until = monotonic() + TELL_AGAIN_SECONDS
            log.warning(
                "events_not_confirmed",
                count=len(ids),
                event_id=ids[:MOST_IDS_LOGGED],
                error_type=reasons,
            )

    async def forward(
        self, envelope: Envelope, headers: Mapping[str, Any], wait_seconds: float | None
    ) -> None:
        """Publish a copy to a wait queue or the dead letters. Raises UnavailableError."""
        if trouble := await self.trouble():
            raise UnavailableError(trouble)
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._publish(topology.RETRY, envelope, headers, wait_seconds)
        except TimeoutError as error:
            raise UnavailableError("the broker did not confirm in time") from error

    async def _publish(
        self,
        exchange: str,
        envelope: Envelope,
        headers: Mapping[str, Any],
        wait_seconds: float | None = None,
    ) -> None:
        if self._channel is None or not self._is_connected:
            raise UnavailableError(AWAY)
        with lost_connection_as_unavailable():
            self._written = cast("aiormq.Channel", await self._channel.get_underlay_channel())
            with self._one_more_under_way():
                await self._written.basic_publish(
                    envelope.body,
                    exchange=exchange,
                    routing_key=envelope.routing_key,
                    properties=_properties(envelope, headers, wait_seconds),
                    mandatory=True,
                    wait=False,  # for the socket; the confirm is waited for all the same
                )

    @contextmanager
    def _one_more_under_way(self) -> Iterator[None]:
        """Count who waits for the channel too: the channel itself counts only what is written."""
        if self._is_silent:
            raise UnavailableError(SILENT)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1


async def _depth(channel: AbstractChannel, name: str) -> int:
    asked = await (await channel.get_underlay_channel()).queue_declare(name, passive=True)
    return asked.message_count or 0


@contextmanager
def lost_connection_as_unavailable() -> Iterator[None]:
    """Raise UnavailableError for all that the client throws at who waits when a connection ends."""
    try:
        yield
    except (AMQPError, RuntimeError, OSError) as error:
        raise UnavailableError("the broker did not answer") from error
    except asyncio.CancelledError as error:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
        raise UnavailableError("the broker closed the connection") from error
    except Exception as error:
        if type(error) is Exception:  # aiormq 7.2 ends who waits so when a connection closes
            raise UnavailableError("the broker closed the connection") from error
        raise


def _properties(
    envelope: Envelope, headers: Mapping[str, Any], wait_seconds: float | None
) -> spec.Basic.Properties:
    return spec.Basic.Properties(
        message_id=envelope.id,
        correlation_id=_short(envelope.correlation_id),
        message_type=envelope.type,
        content_type=envelope.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers=dict(headers),
        expiration=None if wait_seconds is None else str(round(wait_seconds * 1000)),
    )


def _short(text: str) -> str:
    """Return as much as a property of AMQP may hold; the body has the whole."""
    return text.encode()[:MOST_PROPERTY_BYTES].decode(errors="ignore")


def named(url: str, name: str) -> str:
    """Return the address under which the broker shows the connection by this name."""
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}heartbeat={HEARTBEAT_SECONDS}&name={name}"
