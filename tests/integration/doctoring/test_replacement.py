"""A queue whose arguments changed is replaced while it is in use, and every message is kept."""

import asyncio
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, DeliveryMode

from cli.broker import DeadLetter
from cli.doctoring.replacement import Replacement
from deploy.embedded.ports import free_port
from shared import topology
from shared.failures import ATTEMPT, ERROR_CODE, ORIGIN, USER
from shared.mongo import Database
from tests.builders.deliveries import person_registered
from tests.integration.delivery.processes import ready, the_service
from tests.integration.doctoring.upgraded import Upgraded
from tests.servers import TestServers

QUEUE = topology.queue("matching")
INTAKE = topology.queue("intake")
INTAKE_DEAD = topology.dead_letter_queue("intake")
WAIT = f"{QUEUE}.wait.30m"
ANSWERS = topology.answer_queue("nwl-trust")
PUBLISHER = "nwl-trust"
FORGED = {ATTEMPT: 99, ORIGIN: topology.EVENTS, USER: "somebody", "traceparent": "kept"}


async def publish(
    url: str, exchange: str, key: str, *, headers: dict[str, Any] | None = None, **more: Any
) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        to = await channel.get_exchange(exchange, ensure=False)
        message = aio_pika.Message(
            b"{}", headers=headers, delivery_mode=DeliveryMode.PERSISTENT, **more
        )
        await to.publish(message, key)


async def submit(servers: TestServers, **more: Any) -> None:
    """Submit as a publisher that writes into its headers what only we may."""
    kind = "wlc.participant.submitted.v1"
    await publish(servers.rabbit[PUBLISHER], topology.INBOUND, kind, headers=FORGED, **more)


def written(message: AbstractIncomingMessage) -> dict[str, Any]:
    """Return its headers but the one that the broker adds at each reading."""
    return {name: value for name, value in message.headers.items() if name != "x-delivery-count"}


async def test_a_service_and_its_publishers_go_on_while_its_queue_is_replaced(
    servers: TestServers, database: Database
) -> None:
    events = [person_registered() for _ in range(600)]
    port = free_port()
    async with (
        Upgraded.with_old(servers, QUEUE) as broker,
        the_service(servers, database, "none", port=port),
    ):
        await ready(port)
        await broker.say(*events[:200])
        publishing = asyncio.create_task(broker.say(*events[200:400]))
        [replaced, _bindings] = await broker.mended({"matching": f"http://127.0.0.1:{port}"})
        await publishing
        await broker.say(*events[400:])

        async with asyncio.timeout(60):
            while await database["inbox"].count_documents({}) < len(events):
                await asyncio.sleep(0.1)
        sightings = await database["sightings"].find().to_list(None)
        assert replaced.sentence.startswith("it is replaced (its x-delivery-limit is '7', not '20'")
        assert await broker.faults() == [None]
        assert {row["_id"] for row in sightings} == {event.subject for event in events}
        assert {row["times"] for row in sightings} == {1}
        assert await broker.depth(topology.dead_letter_queue("matching")) == 0


async def test_who_submitted_is_known_after_the_move_and_forged_headers_are_not_believed(
    servers: TestServers,
) -> None:
    async with Upgraded.with_old(servers, INTAKE) as broker:
        await submit(servers, message_id="vouched", user_id=PUBLISHER, app_id="theirs")
        await submit(servers, message_id="unvouched")

        await broker.mended()

        moved = {message.message_id: message for message in await broker.taken(INTAKE)}
        assert {message.exchange for message in moved.values()} == {topology.REQUEUE}
        assert written(moved["vouched"]) == {
            "traceparent": "kept",
            ORIGIN: topology.INBOUND,
            USER: PUBLISHER,
        }
        assert moved["vouched"].app_id == "theirs"
        assert moved["unvouched"].headers[USER] == ""


async def bury(servers: TestServers, broker: Upgraded) -> None:
    """Have one dead letter of intake's making and two of the broker's, one from nobody."""
    headers = {ERROR_CODE: "rule", ORIGIN: topology.INBOUND, USER: PUBLISHER, ATTEMPT: 3}
    burial = topology.dead_letter_key("intake")
    await publish(
        servers.rabbit["intake"], topology.RETRY, burial, headers=headers, message_id="ours"
    )
    await submit(servers, message_id="broker's", user_id=PUBLISHER)
    await submit(servers, message_id="stranger's")
    queue = await broker.channel.get_queue(INTAKE, ensure=False)
    for _ in range(2):
        await (await queue.get()).reject()
    await broker.depth_within(INTAKE_DEAD, wanted=3)


async def test_dead_letters_keep_their_reason_and_what_is_known_of_their_sender(
    servers: TestServers,
) -> None:
    async with Upgraded.with_old(servers, INTAKE_DEAD) as broker:
        await bury(servers, broker)

        await broker.mended()

        taken: list[AbstractIncomingMessage] = await broker.taken(INTAKE_DEAD)
        found = {letter.id: letter for letter in (DeadLetter("intake", each) for each in taken)}
        assert {name: letter.reason for name, letter in found.items()} == {
            "ours": "rule",
            "broker's": "rejected",
            "stranger's": "rejected",
        }
        assert found["ours"].attempts == 3
        assert found["broker's"].attempts == 1
        assert {name for name, one in found.items() if one.sender_is_unknown} == {"stranger's"}
        assert found["broker's"].sender == {ORIGIN: topology.INBOUND, USER: PUBLISHER}


async def test_what_waits_goes_on_waiting_and_answers_and_strays_are_kept(
    servers: TestServers,
) -> None:
    names = (WAIT, ANSWERS, topology.UNROUTED_QUEUE)
    matching, intake = servers.rabbit["matching"], servers.rabbit["intake"]
    async with Upgraded.with_old(servers, *names) as broker:
        retry = f"{QUEUE}.30m"
        waiting = {"message_id": "waits", "headers": {ATTEMPT: 2}, "expiration": 1500}
        await publish(matching, topology.RETRY, retry, **waiting)
        answer = f"wlc.submission.accepted.v1.{PUBLISHER}"
        await publish(intake, topology.EVENTS, answer, message_id="answer")
        unheard = await broker.channel.get_queue(INTAKE, ensure=False)
        await unheard.unbind(topology.INBOUND, "#")
        await submit(servers, message_id="stray")
        await unheard.bind(topology.INBOUND, "#")

        await broker.mended()

        assert await broker.faults() == [None, None, None]
        [waits] = await broker.taken(WAIT)
        assert (waits.message_id, written(waits), waits.expiration) == ("waits", {ATTEMPT: 2}, 1500)
        assert await broker.ids(ANSWERS) == {"answer"}
        assert await broker.ids(topology.UNROUTED_QUEUE) == {"stray"}


async def test_a_queue_of_which_an_unknown_reader_has_a_message_is_left_as_it_is(
    servers: TestServers,
) -> None:
    event = person_registered()
    async with Upgraded.with_old(servers, QUEUE) as broker:
        await broker.say(event)
        async with await aio_pika.connect(servers.rabbit["matching"]) as reader:
            queue = await (await reader.channel()).get_queue(QUEUE, ensure=False)
            await queue.get()
            [left, _bindings] = await broker.mended()

        assert left.exit_code == 1
        assert "stop who reads it" in left.sentence
        assert await broker.faults() != [None]
        assert not await broker.is_moving(QUEUE)
        assert await broker.ids(QUEUE) == {event.id}


async def test_what_a_dying_service_gives_back_is_moved_too(servers: TestServers) -> None:
    event = person_registered()
    async with Upgraded.with_old(servers, QUEUE) as broker:
        await broker.say(event)
        reader = await aio_pika.connect(servers.rabbit["matching"])
        queue = await (await reader.channel()).get_queue(QUEUE, ensure=False)
        await queue.get()

        async def in_hand() -> int:
            if await broker.is_moving(QUEUE):
                await reader.close()
            return 1

        [old] = broker.old.queues
        replacement = Replacement(
            broker.channel, old, broker.old.bindings, in_hand=in_hand, tell=print
        )
        await replacement.run()

        assert await broker.faults() == [None]
        assert await broker.ids(QUEUE) == {event.id}


async def test_more_than_one_batch_is_moved(servers: TestServers) -> None:
    events = [person_registered() for _ in range(450)]
    async with Upgraded.with_old(servers, QUEUE) as broker:
        await broker.say(*events)

        [replaced, _bindings] = await broker.mended()

        assert replaced.sentence.endswith("moved: 450.")
        assert await broker.ids(QUEUE) == {event.id for event in events}
