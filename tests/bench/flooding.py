"""The two doors of intake under a flood: each submission is sent until it is taken."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count, islice
from time import perf_counter
from typing import Any

import aio_pika
import httpx
from aiormq.exceptions import AMQPError

from tests.builders.events import a_submission
from tests.soak.history import SOURCE
from tests.soak.sending import BATCH, HTTP_SECONDS, SINGLE

KIND = "wlc.participant.submitted.v1"
AMQP_AT_ONCE = 500
HTTP_AT_ONCE, TO_A_BATCH = 2, 500
PAUSE_SECONDS = 0.5

Submission = dict[str, Any]
Addresses = Mapping[str, Any]


def people() -> Iterator[Submission]:
    """Yield without end people who join, each another one."""
    for number in count():
        reference = f"BENCH-{number:06}"
        contact = {"channel": "email", "value": f"{reference}@example.org".lower()}
        data = {
            "reference": reference,
            "name": {"display": f"Person {reference}", "address_as": "friend"},
            "contacts": [{**contact, "preferred": True}],
        }
        yield a_submission(KIND, subject=reference, data=data)


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: so many at once, so many together; `take` says whether these were taken."""

    at_once: int
    together: int
    take: Callable[[list[Submission]], Awaitable[bool]]

    async def send(self, submissions: Iterator[Submission], size: int) -> float:
        """Send so many of them and return the seconds until the last was taken."""
        started, left = perf_counter(), islice(submissions, size)

        async def some() -> None:
            while group := list(islice(left, self.together)):
                while not await self.take(group):
                    await asyncio.sleep(PAUSE_SECONDS)

        await asyncio.gather(*(some() for _ in range(self.at_once)))
        return perf_counter() - started


@asynccontextmanager
async def amqp_door(addresses: Addresses) -> AsyncIterator[Door]:
    """Publish one by one, as fast as the broker confirms."""
    async with await aio_pika.connect(_publisher(addresses)["amqp_url"]) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        inbound = await channel.get_exchange("inbound", ensure=False)

        async def take(group: list[Submission]) -> bool:
            [event] = group
            try:
                await inbound.publish(_message(event), event["type"])
            except AMQPError:
                return False
            return True

        yield Door(AMQP_AT_ONCE, 1, take)


@asynccontextmanager
async def http_door(addresses: Addresses) -> AsyncIterator[Door]:
    """Post batches."""
    headers = {
        "Authorization": f"Bearer {_publisher(addresses)['key']}",
        "Content-Type": BATCH,
    }
    async with httpx.AsyncClient(
        base_url=addresses["intake_url"], headers=headers, timeout=HTTP_SECONDS, trust_env=False
    ) as client:

        async def take(group: list[Submission]) -> bool:
            try:
                answer = await client.post("/v1/events", content=json.dumps(group).encode())
            except httpx.TransportError:
                return False
            return answer.status_code == httpx.codes.ACCEPTED

        yield Door(HTTP_AT_ONCE, TO_A_BATCH, take)


DOORS: Mapping[str, Callable[[Addresses], AbstractAsyncContextManager[Door]]] = {
    "amqp": amqp_door,
    "http": http_door,
}


def _publisher(addresses: Addresses) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = addresses["publishers"]
    return next(each for each in found if each["name"] == SOURCE)


def _message(event: Submission) -> aio_pika.Message:
    return aio_pika.Message(
        json.dumps(event).encode(),
        message_id=event["id"],
        user_id=SOURCE,
        content_type=SINGLE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
