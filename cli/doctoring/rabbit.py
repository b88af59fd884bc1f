"""The broker: reached, in order, taking messages, and knowing who may sign in."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress

import aio_pika
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import (
    AMQPConnectionError,
    DeliveryError,
    ProbableAuthenticationError,
    PublishError,
)

from cli.broker import CONNECT_SECONDS, ask, depths
from cli.doctoring.checks import Check
from cli.doctoring.structure import find_faults, wanted
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import Places
from deploy.accounts import SERVICES
from shared.topology import REQUEUE, UNROUTED_QUEUE, dead_letter_queue

NAME = "RabbitMQ"
ROOM_SECONDS = 5.0


def check_broker(places: Places) -> list[Check]:
    """Look at all that is the broker's; the first finding says whether it is there at all."""

    def looked() -> list[Check]:
        found = ask(places.rabbit_url(), _look)
        return [Check(NAME, "the operator signs in."), *found, *_publishers(places)]

    return refusing_as_check(looked)


def refusing_as_check(look: Callable[[], list[Check]]) -> list[Check]:
    """Return what was found, or that it could not be looked at."""
    try:
        return look()
    except CommandError as error:
        return [Check(NAME, error.sentence, error.exit_code)]


async def _look(channel: AbstractChannel) -> list[Check]:
    needed = wanted()
    faults = await find_faults(channel, needed)
    well = [Check("queues", f"all {len(needed.queues)} are as they should be.")]
    return [*(faults or well), *await _depths(channel), *await _alarm(channel)]


async def _depths(channel: AbstractChannel) -> list[Check]:
    found = await depths(channel, [UNROUTED_QUEUE, *map(dead_letter_queue, SERVICES)])
    unrouted = found.pop(UNROUTED_QUEUE)
    dead = sum(depth or 0 for depth in found.values())
    checks = []
    if dead:
        sentence = f"{dead}; `wlc dead-letters list` shows why."
        checks.append(Check("dead letters", sentence, REFUSED))
    if unrouted:
        sentence = (
            f"{unrouted} messages found no queue and lie in {UNROUTED_QUEUE}; "
            "`wlc doctor --fix` makes all bindings anew."
        )
        checks.append(Check("bindings", sentence, REFUSED))
    return checks


async def _alarm(channel: AbstractChannel) -> list[Check]:
    """Publish what no queue gets: under an alarm the broker stops to listen after the first."""
    exchange = await channel.get_exchange(REQUEUE, ensure=False)
    try:
        async with asyncio.timeout(ROOM_SECONDS):
            for _ in range(2):
                with suppress(DeliveryError, PublishError):
                    await exchange.publish(aio_pika.Message(b""), "nobody")
    except TimeoutError:
        sentence = "it takes no messages: its disk or its memory is full; make room."
        return [Check("room of RabbitMQ", sentence, UNREACHABLE)]
    return [Check("room of RabbitMQ", "it takes messages.")]


def _publishers(places: Places) -> Iterator[Check]:
    for publisher in places.publishers().values():
        if not asyncio.run(_signs_in(publisher.amqp_url)):
            sentence = f"the account {publisher.name} cannot sign in; load the definitions again."
            yield Check("publishers", sentence, REFUSED)


async def _signs_in(url: str) -> bool:
    try:
        async with await aio_pika.connect(url, timeout=CONNECT_SECONDS):
            return True
    except ProbableAuthenticationError:
        return False
    except (AMQPConnectionError, OSError, TimeoutError):
        return True
