"""The messages of every queue: copied as they lie, and put back into an empty broker."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import cast

import aiormq
import bson
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aiormq import spec

from cli.backups.archive import Writer
from cli.backups.letters import MESSAGE, Counts
from cli.broker import CONFIRM_SECONDS
from cli.doctoring.copies import copy_of
from cli.doctoring.faults import is_there
from cli.errors import REFUSED, CommandError
from deploy.accounts import PUBLISHERS, SERVICES
from shared.topology import (
    REQUEUE,
    UNROUTED_QUEUE,
    answer_queue,
    dead_letter_queue,
    holding_queue,
    outreach_queue,
    queue,
    wait_queues,
)

IDLE_SECONDS = 1.0
AT_ONCE = 200
FLAG_BYTES = 2

Arriving = asyncio.Queue[AbstractIncomingMessage]


def all_queues() -> list[str]:
    """Name every queue, so that what moves from one to another meanwhile is met in the later.

    A message that has waited goes to its service's queue, which comes last.
    """
    publishers = [name(each.name) for each in PUBLISHERS for name in (answer_queue, outreach_queue)]
    waiting = [name for service in SERVICES for name in wait_queues(service)]
    main = [queue(service) for service in SERVICES]
    dead = [dead_letter_queue(service) for service in SERVICES]
    return [*waiting, *publishers, UNROUTED_QUEUE, *dead, *main]


async def copy_queues(connection: AbstractConnection, writer: Writer, counts: Counts) -> None:
    """Write down what lies in each queue; it stays there.

    Raises CommandError while a queue is being replaced: part of what it had lies in neither then.
    """
    await _check_none_is_replaced(connection)
    for name in all_queues():
        async for message in _lying_in(connection, name):
            properties = copy_of(message).properties.marshal()
            row = {"queue": name, "properties": properties, "body": message.body}
            writer.add(MESSAGE, bson.encode(row))
            counts.messages[name] += 1
    await _check_none_is_replaced(connection)


async def _check_none_is_replaced(connection: AbstractConnection) -> None:
    channel = await connection.channel()
    try:
        holding = [
            each for each in map(holding_queue, all_queues()) if await is_there(channel, each)
        ]
    finally:
        await channel.close()
    if holding:
        raise CommandError(
            f"messages wait in {', '.join(holding)}, since a queue is being replaced or that was "
            "broken off, so nothing is kept of this backup; wait for `wlc erase` or `wlc doctor "
            "--fix` to end, else run `wlc doctor --fix`, and run this again.",
            REFUSED,
        )


async def _lying_in(
    connection: AbstractConnection, name: str
) -> AsyncIterator[AbstractIncomingMessage]:
    """Yield what lies there now; all of it is put back as the channel closes."""
    channel = await connection.channel(publisher_confirms=False)
    arriving: Arriving = asyncio.Queue()
    try:
        declared = await channel.declare_queue(name, passive=True)
        left = declared.declaration_result.message_count or 0
        if left:
            await declared.consume(arriving.put)
        while left and (message := await _next(arriving)):
            yield message
            left -= 1
    finally:
        await channel.close()


async def _next(arriving: Arriving) -> AbstractIncomingMessage | None:
    """Return None once others have taken the rest, or it has gone where it is to go."""
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return await arriving.get()
    except TimeoutError:
        return None


async def depths_of(channel: AbstractChannel) -> dict[str, int]:
    """Count what lies in each queue, where there is anything."""
    found = {}
    for name in all_queues():
        declared = await channel.declare_queue(name, passive=True)
        found[name] = declared.declaration_result.message_count or 0
    return {name: count for name, count in found.items() if count}


async def put_back(channel: AbstractChannel, rows: Iterable[bytes]) -> int:
    """Publish messages to the queues that they were in, each confirmed; return how many."""
    raw = cast("aiormq.Channel", await channel.get_underlay_channel())
    waiting, count = iter(rows), 0
    while batch := list(islice(waiting, AT_ONCE)):
        await _publish(raw, batch)
        count += len(batch)
    return count


async def _publish(raw: aiormq.Channel, rows: Sequence[bytes]) -> None:
    try:
        async with asyncio.timeout(CONFIRM_SECONDS):
            await asyncio.gather(*(_publish_one(raw, bson.decode(row)) for row in rows))
    except TimeoutError as error:
        raise CommandError("RabbitMQ did not confirm the messages; run it again.") from error


async def _publish_one(raw: aiormq.Channel, row: dict[str, object]) -> None:
    await raw.basic_publish(
        cast("bytes", row["body"]),
        exchange=REQUEUE,
        routing_key=str(row["queue"]),
        properties=_properties(cast("bytes", row["properties"])),
        mandatory=True,
    )


def _properties(written: bytes) -> spec.Basic.Properties:
    properties = spec.Basic.Properties()
    properties.unmarshal(int.from_bytes(written[:FLAG_BYTES], "big"), written[FLAG_BYTES:])
    return properties
