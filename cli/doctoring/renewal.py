"""Making RabbitMQ let go of what it has delivered: acknowledged messages stay in its files.

A queue's own files go with the queue; its write-ahead log goes when it has filled up (tried with
RabbitMQ 3.10). So the queues in which submissions lie in the clear are replaced, with what waits in
them kept, and then so much is written that the log is a new one.
"""

import asyncio
from collections.abc import Mapping

import aio_pika
from aio_pika.abc import AbstractChannel

from cli.broker import CONFIRM_SECONDS
from cli.doctoring.faults import is_there
from cli.doctoring.replacement import Replacement, StillReadError, Tell
from cli.doctoring.structure import in_hand_of, wanted
from shared.topology import ENGINE, REQUEUE, dead_letter_queue, queue

RENEWED = (queue("intake"), dead_letter_queue("intake"))
FILLER = "renewal.v1"
FILLER_BYTES = 80 << 20
"""More than the log holds, as both installations set it (64 MiB)."""
PIECE_BYTES = 1 << 20
AT_ONCE = 8
SETTLE_SECONDS = 2.0


async def check_renewable(channel: AbstractChannel) -> None:
    """Raise StillReadError where more than one reads a queue, before anything is begun."""
    for name in RENEWED:
        if await is_there(channel, name):
            declared = (await channel.declare_queue(name, passive=True)).declaration_result
            if (declared.consumer_count or 0) > 1:
                raise StillReadError(name)


async def renew(channel: AbstractChannel, urls: Mapping[str, str], tell: Tell) -> None:
    """Replace the queues and fill the log. Raises StillReadError where a service has replicas."""
    needed = wanted()
    for each in needed.queues:
        if each["name"] in RENEWED:
            bindings = [one for one in needed.bindings if one["destination"] == each["name"]]
            in_hand = in_hand_of(urls, each["name"])
            await Replacement(
                channel, each, bindings, in_hand=in_hand, tell=tell, forced=True
            ).run()
    await _fill(channel)
    await asyncio.sleep(SETTLE_SECONDS)


async def _fill(channel: AbstractChannel) -> None:
    filler = await channel.declare_queue(FILLER, durable=True, arguments=dict(ENGINE))
    try:
        await filler.bind(REQUEUE, FILLER)
        exchange = await channel.get_exchange(REQUEUE, ensure=False)
        for _ in range(FILLER_BYTES // PIECE_BYTES // AT_ONCE):
            pieces = (_piece() for _ in range(AT_ONCE))
            async with asyncio.timeout(CONFIRM_SECONDS):
                await asyncio.gather(*(exchange.publish(each, FILLER) for each in pieces))
    finally:
        await filler.delete(if_unused=False, if_empty=False)


def _piece() -> aio_pika.Message:
    persistent = aio_pika.DeliveryMode.PERSISTENT
    return aio_pika.Message(bytes(PIECE_BYTES), delivery_mode=persistent)
