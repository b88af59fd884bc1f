"""What an account could try on RabbitMQ; who is refused loses the channel, so each gets its own."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Self

import aiormq
from aiormq.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed

QUORUM = {"x-queue-type": "quorum"}
MOVING = ".moving"

Try = Callable[[AbstractChannel, str], Awaitable[object]]

ON_QUEUE: Mapping[str, Try] = {
    "get": lambda channel, name: channel.basic_get(name, no_ack=False),
    "consume": lambda channel, name: channel.basic_consume(name, _ignore),
    "purge": lambda channel, name: channel.queue_purge(name),
}
"""What takes messages out of a queue."""
ON_STRUCTURE: Mapping[str, Try] = {
    "declare": lambda channel, name: channel.queue_declare(
        f"{name}{MOVING}", durable=True, arguments=dict(QUORUM)
    ),
    "bind": lambda channel, name: channel.queue_bind(name, "requeue", routing_key=name),
    "hear events": lambda channel, name: channel.queue_bind(name, "events", routing_key="tried"),
    "unhear events": lambda channel, name: channel.queue_unbind(
        name, "events", routing_key="tried"
    ),
    "delete": lambda channel, name: channel.queue_delete(f"{name}{MOVING}"),
}
"""What changes where messages go; the operator's alone."""
ON_STRANGE_STRUCTURE: Mapping[str, Try] = {
    "a queue": lambda channel, name: channel.queue_declare(name, durable=True),
    "an exchange": lambda channel, name: channel.exchange_declare(
        name, exchange_type="fanout", durable=True
    ),
    "a queue of its own": lambda channel, _: channel.queue_declare("", exclusive=True),
}
"""What nobody may make."""


async def _ignore(_message: object) -> None:
    """Take what comes, and leave it unacknowledged: it goes back when the channel closes."""


class Tries:
    """Tries one thing after the other over one connection, as a context."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._channel: AbstractChannel | None = None

    async def __aenter__(self) -> Self:
        self._connection: AbstractConnection = await aiormq.connect(self._url)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def is_refused(self, tried: Callable[[AbstractChannel], Awaitable[object]]) -> bool:
        """Do it; tell whether the account was refused. Any other failure is raised."""
        if self._channel is None or self._channel.is_closed:
            self._channel = await self._connection.channel(publisher_confirms=True)
        try:
            await tried(self._channel)
        except ChannelAccessRefused:
            return True
        return False

    async def is_refused_to_publish(self, exchange: str, key: str) -> bool:
        """Publish; what is returned as unroutable was not refused."""
        return await self.is_refused(
            lambda channel: channel.basic_publish(b"{}", exchange=exchange, routing_key=key)
        )

    async def is_believed_to_be(self, user: str, exchange: str, key: str) -> bool:
        """Publish as somebody else."""
        somebody = aiormq.spec.Basic.Properties(user_id=user)
        try:
            return not await self.is_refused(
                lambda channel: channel.basic_publish(
                    b"{}", exchange=exchange, routing_key=key, properties=somebody
                )
            )
        except ChannelPreconditionFailed:
            return False
