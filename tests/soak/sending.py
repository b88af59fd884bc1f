"""Sending as another system does: again and again, under the same id, until it is taken."""

import asyncio
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import aio_pika
import httpx

from tests.soak.connections import CONNECT_SECONDS, went_well
from tests.soak.history import SOURCE, Event

BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"
HTTP_SECONDS = 20.0
CONFIRM_SECONDS = 5.0
PAUSE_SECONDS = 0.5


def publisher_in(addresses: dict[str, Any]) -> dict[str, Any]:
    """Return with what the publisher of the histories signs in."""
    [publisher] = [each for each in addresses["publishers"] if each["name"] == SOURCE]
    return dict(publisher)


@dataclass(slots=True)
class Ledger:
    """What was taken: every id that was answered with accepted, or confirmed by the broker."""

    by_http: set[str] = field(default_factory=set)
    by_amqp: set[str] = field(default_factory=set)
    sent_again: int = 0
    refused: list[Any] = field(default_factory=list)
    longest_gap: float = 0.0
    _last: float = field(default_factory=monotonic)

    def note(self, door: set[str], ids: Iterable[str]) -> None:
        """Write down what one of the doors took, and how long nothing was taken before."""
        now = monotonic()
        self.longest_gap, self._last = max(self.longest_gap, now - self._last), now
        door.update(ids)

    @property
    def accepted(self) -> set[str]:
        return self.by_http | self.by_amqp


class Sender:
    """One publisher with both its doors."""

    def __init__(self, addresses: dict[str, Any], ledger: Ledger) -> None:
        publisher = publisher_in(addresses)
        headers = {"Authorization": f"Bearer {publisher['key']}"}
        self._url = publisher["amqp_url"]
        self._ledger = ledger
        self._client = httpx.AsyncClient(
            base_url=addresses["intake_url"], headers=headers, timeout=HTTP_SECONDS, trust_env=False
        )
        self._connection: aio_pika.abc.AbstractConnection | None = None
        self._exchange: aio_pika.abc.AbstractExchange | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Let go of both doors."""
        await self._client.aclose()
        if self._connection:
            await self._connection.close()

    async def by_http(self, events: Sequence[Event]) -> None:
        """Send a batch until it is answered."""
        body = json.dumps(events).encode()
        while True:
            try:
                answer = await self._client.post(
                    "/v1/events", content=body, headers={"content-type": BATCH}
                )
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code == httpx.codes.ACCEPTED:
                self._note(answer.json()["results"])
                return
            if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                self._ledger.refused.append(answer.text)
                return
            self._ledger.sent_again += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def when_known(self, event: Event) -> None:
        """Send by HTTP what is refused as of a stranger while what made them known waits."""
        for again in itertools.count():
            anew = {**event, "id": f"{event['id']}-{again}"}
            before = len(self._ledger.refused)
            await self.by_http([anew])
            if len(self._ledger.refused) == before:
                return
            refused = self._ledger.refused.pop()
            codes = {fault["code"] for fault in refused["faults"]}
            assert codes == {"unknown-reference"}, refused
            await asyncio.sleep(PAUSE_SECONDS * 4)

    def _note(self, results: list[dict[str, Any]]) -> None:
        taken = [each["id"] for each in results if each["status"] == "accepted"]
        self._ledger.note(self._ledger.by_http, taken)
        self._ledger.refused += [each for each in results if each["status"] != "accepted"]

    async def by_amqp(self, events: Sequence[Event]) -> None:
        """Send one after the other until each is confirmed."""
        for event in events:
            while not await self._is_confirmed(event):
                self._ledger.sent_again += 1
                await asyncio.sleep(PAUSE_SECONDS)
            self._ledger.note(self._ledger.by_amqp, [event["id"]])

    async def as_it_is(self, body: bytes, message_id: str, key: str) -> None:
        """Send by AMQP what need not be an event, until it is confirmed."""
        while not await self._is_taken(body, message_id, key):
            await asyncio.sleep(PAUSE_SECONDS)

    async def _is_confirmed(self, event: Event) -> bool:
        return await self._is_taken(json.dumps(event).encode(), event["id"], event["type"])

    async def _is_taken(self, body: bytes, message_id: str, key: str) -> bool:
        message = aio_pika.Message(
            body,
            message_id=message_id,
            user_id=SOURCE,
            content_type=SINGLE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        if await went_well(self._publish(message, key), CONFIRM_SECONDS):
            return True
        self._exchange = None
        return False

    async def _publish(self, message: aio_pika.Message, key: str) -> None:
        async with self._opening:
            exchange = self._exchange or await self._open()
        await exchange.publish(message, key)

    async def _open(self) -> aio_pika.abc.AbstractExchange:
        if self._connection:
            await asyncio.wait([asyncio.ensure_future(self._connection.close())], timeout=1)
        self._connection = await aio_pika.connect(self._url, timeout=CONNECT_SECONDS)
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        self._exchange = await channel.get_exchange("inbound", ensure=False)
        return self._exchange
