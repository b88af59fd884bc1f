"""How exchanges and queues of the broker differ from what this version needs."""

import re
from collections.abc import Mapping
from typing import Any

from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

MISSING = "it is missing"
_DIFFERS = re.compile(
    r"inequivalent arg '(?P<name>.+?)' .*received (?P<wanted>.+) but current is "
    r"(?P<found>.+)"
)

Declared = Mapping[str, Any]
"""An exchange or a queue, in the form of the definitions."""


async def fault_of_queue(channel: AbstractChannel, queue: Declared) -> str | None:
    """Say what is wrong with a queue; MISSING, or the first argument that is another one."""
    try:
        await channel.declare_queue(queue["name"], passive=True)
        await declare_queue(channel, queue)
    except (ChannelNotFoundEntity, ChannelPreconditionFailed) as error:
        await channel.reopen()
        return _told(error)
    return None


async def fault_of_exchange(channel: AbstractChannel, exchange: Declared) -> str | None:
    """Say what is wrong with an exchange, as of a queue."""
    try:
        await channel.declare_exchange(exchange["name"], passive=True)
        await declare_exchange(channel, exchange)
    except (ChannelNotFoundEntity, ChannelPreconditionFailed) as error:
        await channel.reopen()
        return _told(error)
    return None


async def declare_queue(channel: AbstractChannel, queue: Declared) -> None:
    """Make it, unless it is there with the same arguments."""
    await channel.declare_queue(queue["name"], durable=True, arguments=dict(queue["arguments"]))


async def declare_exchange(channel: AbstractChannel, exchange: Declared) -> None:
    """Make it, unless it is there with the same type and arguments."""
    await channel.declare_exchange(
        exchange["name"], exchange["type"], durable=True, arguments=dict(exchange["arguments"])
    )


async def is_there(channel: AbstractChannel, name: str) -> bool:
    """Tell whether there is a queue of that name."""
    try:
        await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        await channel.reopen()
        return False
    return True


def _told(error: ChannelNotFoundEntity | ChannelPreconditionFailed) -> str:
    if isinstance(error, ChannelNotFoundEntity):
        return MISSING
    found = _DIFFERS.search(str(error))
    return (
        f"its {found['name']} is {found['found']}, not {found['wanted']}" if found else str(error)
    )
