"""One service's queue on real servers: effects, duplicates, order, retries, dead letters."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from shared import topology
from shared.failures import ATTEMPT, ERROR_CODE, FAILED_AT, FIRST_FAILED_AT, HANDLER
from shared.mongo import Database
from tests.builders.deliveries import Settings, build_app, person_registered
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

QUEUE = topology.queue("matching")
DEAD = topology.dead_letter_queue("matching")


@pytest.fixture
async def broker(servers: TestServers) -> AsyncIterator[Broker]:
    async with Broker.of(servers) as broker:
        yield broker


@pytest.fixture
async def service(
    servers: TestServers, database: Database, broker: Broker
) -> AsyncIterator[Database]:
    """The counting service in this process; what it stores."""
    settings = Settings(
        rabbit_url=servers.rabbit["matching"],
        mongo_url=servers.mongo_url,
        database=database.name,
        port=1,
    )
    app = build_app(settings)
    async with app.router.lifespan_context(app):
        yield database


async def settled(broker: Broker, database: Database, messages: int) -> None:
    """Wait until so many messages have had their effect and nothing is under way."""
    async with asyncio.timeout(30):
        while await database["inbox"].count_documents({}) < messages:
            await asyncio.sleep(0.05)
        while await database["outbox"].count_documents({}) or await broker.depth(QUEUE):
            await asyncio.sleep(0.05)


async def test_many_messages_have_one_effect_each(broker: Broker, service: Database) -> None:
    events = [person_registered() for _ in range(500)]

    await broker.say(*events)
    await settled(broker, service, 500)

    sightings = await service["sightings"].find().to_list(None)
    assert sorted(row["_id"] for row in sightings) == sorted(event.subject for event in events)
    assert {row["times"] for row in sightings} == {1}
    told = await broker.taken(topology.queue("console"))
    assert len([message for message in told if message.type == "wlc.match.cancelled.v1"]) == 500


async def test_the_same_message_many_times_has_one_effect(
    broker: Broker, service: Database
) -> None:
    event, other = person_registered(), person_registered()

    await broker.say(*[event] * 20, other)
    await settled(broker, service, 2)

    sightings = await service["sightings"].find().to_list(None)
    assert [row["times"] for row in sightings] == [1, 1]


async def test_a_burst_about_one_person_ends_with_the_newest_whatever_the_order(
    broker: Broker, service: Database
) -> None:
    first = person_registered(sequence=1)
    later = [person_registered(subject=first.subject, sequence=n) for n in (3, 2, 5, 4, 6, 1)]

    await broker.say(first, *later)
    await settled(broker, service, 7)

    [sighting] = await service["sightings"].find().to_list(None)
    assert sighting["sequence"] == 6


async def test_a_bug_and_a_broken_rule_are_buried_with_their_reason_and_harm_no_other(
    broker: Broker, service: Database
) -> None:
    good = [person_registered() for _ in range(20)]
    bad = [person_registered(borough="Nowhere"), person_registered(borough="Bug")]

    await broker.say(*good[:10], *bad, *good[10:])
    await settled(broker, service, 20)

    assert await broker.depth_within(DEAD, wanted=2) == 2
    dead = await broker.taken(DEAD)
    assert {message.headers[ERROR_CODE] for message in dead} == {"rule", "ZeroDivisionError"}
    assert {message.message_id for message in dead} == {event.id for event in bad}
    assert {message.headers[HANDLER] for message in dead} == {"on_participant_registered"}


async def test_a_passing_failure_waits_its_turn_and_comes_back(
    broker: Broker, service: Database
) -> None:
    event = person_registered(borough="Away")

    await broker.say(event)

    assert await broker.depth_within(f"{QUEUE}.wait.5s", wanted=1) == 1
    assert await broker.depth_within(f"{QUEUE}.wait.30s", wanted=1) == 1
    [message] = await broker.taken(f"{QUEUE}.wait.30s")
    assert message.headers[ATTEMPT] == 2
    assert message.headers[FIRST_FAILED_AT] < message.headers[FAILED_AT]
    assert 21_000 <= message.expiration * 1000 <= 30_000
    assert message.message_id == event.id


async def test_what_follows_from_the_longest_correlation_id_is_told_too(
    broker: Broker, service: Database
) -> None:
    longest = "é" * 128
    event = person_registered().model_copy(update={"correlationid": longest})

    await broker.say_raw(event.model_dump_json(exclude_none=True).encode(), kind=event.TYPE)
    await settled(broker, service, 1)

    [told] = [
        message
        for message in await broker.taken(topology.queue("console"))
        if message.type == "wlc.match.cancelled.v1"
    ]
    assert json.loads(told.body)["correlationid"] == longest
    assert told.correlation_id == "é" * 127


async def test_what_is_no_event_is_buried(broker: Broker, service: Database) -> None:
    event = person_registered()

    await broker.say_raw(b'{"not": "an event"}', kind="wlc.participant.registered.v1")
    await broker.say_raw(b"\xff\xfe", kind="wlc.participant.registered.v1")
    await broker.say_raw(b"[" * 100_000, kind="wlc.participant.registered.v1")
    await broker.say_raw(b"{}", kind="wlc.participant.invented.v1")
    await broker.say(event)
    await settled(broker, service, 1)

    assert await broker.depth_within(DEAD, wanted=4) == 4
    assert {m.headers[ERROR_CODE] for m in await broker.taken(DEAD)} == {"malformed"}


async def test_a_reply_address_of_a_stranger_is_not_obeyed(
    broker: Broker, service: Database
) -> None:
    event = person_registered()

    await broker.say(event, reply_to="console.in.v1|no-such-exchange")
    await settled(broker, service, 1)

    assert await service["sightings"].count_documents({"times": 1}) == 1
