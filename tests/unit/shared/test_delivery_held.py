"""While a server is away messages are held; nothing of that counts as a try."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared import delivery, topology
from shared.changes import Changes
from shared.committer import Outcome, Work
from shared.contracts.base import Event
from shared.contracts.participants import ParticipantRegistered
from shared.delivery import Delivery
from shared.errors import UnavailableError
from shared.handlers import Handlers
from shared.outbox import Envelope
from tests.builders.deliveries import person_registered
from tests.fakes.channel import BrokerChannel, Delivered


@dataclass
class Servers:
    """MongoDB and RabbitMQ as delivery meets them: there or away."""

    database_is_there: bool = True
    broker_confirms: bool = True
    fails: int = 0
    tried: int = 0
    stored: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)

    async def commit(self, message_id: str, work: Work) -> Outcome:
        self.tried += 1
        if self.fails or not self.database_is_there:
            self.fails = max(0, self.fails - 1)
            raise UnavailableError("MongoDB did not answer a query")
        await work()
        self.stored.append(message_id)
        return Outcome.DONE

    async def forward(
        self, envelope: Envelope, _headers: Mapping[str, Any], _wait: float | None
    ) -> None:
        self.tried += 1
        if not self.broker_confirms:
            raise UnavailableError("the broker did not confirm in time")
        self.forwarded.append(envelope.routing_key)

    async def is_database_there(self) -> bool:
        self.tried += 1
        return self.database_is_there

    async def tried_more_often_than(self, times: int) -> None:
        async with asyncio.timeout(10):
            while self.tried <= times:
                await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE_SECONDS", 0.01)


def delivery_on(servers: Servers) -> Delivery:
    handlers = Handlers()

    @handlers.on(ParticipantRegistered)
    async def on_participant_registered(_event: Event) -> Changes:
        return Changes()

    return Delivery("matching", handlers, servers, servers.forward, servers.is_database_there)


def delivered(channel: BrokerChannel) -> Any:
    event = person_registered()
    body = event.model_dump_json().encode()
    return Delivered(channel, 1, body, event.TYPE, message_id=event.id)


async def acknowledged(channel: BrokerChannel) -> None:
    async with asyncio.timeout(10):
        while channel.unacknowledged:
            await asyncio.sleep(0)


async def test_a_message_waits_in_hand_until_the_database_is_back() -> None:
    servers, channel = Servers(database_is_there=False), BrokerChannel({1})
    message = delivered(channel)

    held = asyncio.create_task(delivery_on(servers).on_message(message))
    await servers.tried_more_often_than(12)
    assert not held.done()
    servers.database_is_there = True
    await held
    await acknowledged(channel)

    assert servers.stored == [message.message_id]
    assert not servers.forwarded
    assert not channel.put_back


async def test_a_server_that_fails_just_as_it_comes_back_counts_no_try() -> None:
    servers, channel = Servers(fails=1), BrokerChannel({1})
    message = delivered(channel)

    await delivery_on(servers).on_message(message)
    await acknowledged(channel)

    assert servers.stored == [message.message_id]
    assert not servers.forwarded


async def test_a_failure_while_the_database_answers_waits_in_its_queue() -> None:
    servers, channel = Servers(fails=2), BrokerChannel({1})

    await delivery_on(servers).on_message(delivered(channel))
    await acknowledged(channel)

    assert servers.forwarded == [f"{topology.queue('matching')}.5s"]


async def test_a_message_whose_copy_nobody_confirms_is_tried_again_and_never_put_back() -> None:
    servers = Servers(fails=2, broker_confirms=False)
    channel = BrokerChannel({1})
    message = delivered(channel)

    await delivery_on(servers).on_message(message)
    await acknowledged(channel)

    assert servers.stored == [message.message_id]
    assert not channel.put_back


async def test_a_message_whose_channel_is_lost_is_let_go() -> None:
    servers, channel = Servers(database_is_there=False), BrokerChannel({1})

    held = asyncio.create_task(delivery_on(servers).on_message(delivered(channel)))
    await servers.tried_more_often_than(2)
    channel.is_closed = True
    async with asyncio.timeout(10):
        await held

    assert channel.unacknowledged == {1}


async def test_messages_that_are_held_for_long_are_a_reason_not_to_be_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    servers, channel = Servers(database_is_there=False), BrokerChannel({1})
    one = delivery_on(servers)

    held = asyncio.create_task(one.on_message(delivered(channel)))
    await servers.tried_more_often_than(3)
    at_first = one.trouble()
    monkeypatch.setattr(delivery, "PATIENCE_SECONDS", 0.0)
    later = one.trouble()
    servers.database_is_there = True
    await held

    assert at_first is None
    assert later == "messages are held: MongoDB did not answer a query"
    assert one.trouble() is None


async def test_nothing_is_logged_for_each_message_of_an_outage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    servers, channel = Servers(database_is_there=False), BrokerChannel({1})
    one = delivery_on(servers)

    held = [asyncio.create_task(one.on_message(delivered(channel))) for _ in range(20)]
    await servers.tried_more_often_than(100)
    said = capsys.readouterr().out
    servers.database_is_there = True
    await asyncio.gather(*held)

    assert not said
