"""Finding out whether the private broker serves, and holds all that it was told to hold."""

import asyncio

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelNotFoundEntity,
    ProbableAuthenticationError,
    ProtocolSyntaxError,
)
from pydantic import JsonValue

from deploy.embedded.definitions import Definitions
from deploy.embedded.errors import EmbeddedError

_ANSWER_SECONDS = 5.0
_RIGHTS = "users or permissions"


async def serves(url: str, definitions: Definitions) -> bool:
    """Tell whether the probe's user is answered; EmbeddedError when definitions were left out.

    RabbitMQ 3.10 gives up on definitions it cannot apply without a word in its log, and opens its
    listener after that: so what is missing then stays missing.
    """
    try:
        async with await aio_pika.connect(url, timeout=_ANSWER_SECONDS) as connection:
            await _check(connection, definitions)
    except (AuthenticationError, ProbableAuthenticationError, ProtocolSyntaxError) as exc:
        raise _left_out(_RIGHTS) from exc
    except (OSError, AMQPError, RuntimeError):
        return False
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return False  # aiormq ends so what waits on a connection that is lost
    return True


async def _check(connection: AbstractConnection, definitions: Definitions) -> None:
    channel = await connection.channel()
    try:
        for exchange in _names(definitions.exchanges, definitions.first_vhost):
            missing = f"exchange {exchange}"
            await channel.declare_exchange(exchange, passive=True)
        for queue in _names(definitions.queues, definitions.first_vhost):
            missing = f"queue {queue}"
            await channel.declare_queue(queue, passive=True)
    except ChannelNotFoundEntity as exc:
        raise _left_out(missing) from exc


def _names(entries: tuple[dict[str, JsonValue], ...], vhost: str) -> list[str]:
    return [str(entry["name"]) for entry in entries if entry["vhost"] == vhost]


def _left_out(missing: str) -> EmbeddedError:
    return EmbeddedError(
        f"RabbitMQ did not apply its definitions as a whole (left out: {missing}); "
        "put the definitions right and start again."
    )
