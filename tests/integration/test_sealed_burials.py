"""What lies sealed and is buried by RabbitMQ itself is known, moved and put back as what it is."""

import asyncio
import json

import aio_pika
import pytest

from cli.broker import SEALED_BODY, DeadLetter, dead_letters
from cli.doctoring.copies import copy_of
from cli.erasing.queues import theirs_alone
from shared import topology
from shared.failures import SEALED
from shared.topology import DELIVERY_LIMIT
from tests.builders.intake import HUB, event, person
from tests.component.intake.test_sealed_letters import Letters, sent
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

INTAKE = topology.queue("intake")
BURIED = topology.dead_letter_queue("intake")


async def buried(
    servers: TestServers, operator: aio_pika.abc.AbstractChannel, letters: Letters, body: bytes
) -> DeadLetter:
    """Let a sealed submission be delivered so often that the broker buries it."""
    copy, headers = await letters.fail(sent(body))
    async with await aio_pika.connect(servers.rabbit["intake"]) as connection:
        retry = await (await connection.channel()).get_exchange(topology.RETRY, ensure=False)
        message = aio_pika.Message(
            copy.body, headers=dict(headers), expiration=0.01, content_type=copy.content_type
        )
        await retry.publish(message, f"{INTAKE}.{topology.TIERS[0]}")
    return await delivered_too_often(operator)


async def delivered_too_often(operator: aio_pika.abc.AbstractChannel) -> DeadLetter:
    """Give what lies in intake's queue back until the broker buries it."""
    for _ in range(DELIVERY_LIMIT + 1):
        await (await taken_from(operator)).nack()
    async with asyncio.timeout(30):
        while not (found := await dead_letters(operator, "intake")):
            await asyncio.sleep(0.05)
    return found[0]


async def taken_from(
    operator: aio_pika.abc.AbstractChannel, *, no_ack: bool = False
) -> aio_pika.abc.AbstractIncomingMessage:
    queue = await operator.get_queue(INTAKE, ensure=False)
    async with asyncio.timeout(30):
        while (taken := await queue.get(no_ack=no_ack, fail=False)) is None:
            await asyncio.sleep(0.05)
    return taken


@pytest.mark.parametrize("moved", [False, True], ids=["as it lies", "moved to another queue"])
async def test_a_sealed_submission_that_the_broker_buries_is_known_and_opens_when_it_is_put_back(
    servers: TestServers, *, moved: bool
) -> None:
    letters, stated = Letters(), person()
    body = json.dumps(event(stated)).encode()
    digest = letters.intake.desk.cipher.digest("reference", HUB, "nwl-trust", stated["reference"])
    async with Broker.of(servers), await aio_pika.connect(servers.rabbit["operator"]) as connection:
        operator = await connection.channel()
        letter = await buried(servers, operator, letters, body)
        if moved:
            requeue = await operator.get_exchange(topology.REQUEUE, ensure=False)
            await requeue.publish(copy_of(letter._message), BURIED)
            await letter.drop()
            [letter] = await dead_letters(operator, "intake")

        assert (letter.body, letter.reason) == (SEALED_BODY, "delivery_limit")
        assert letter.about == {digest}
        assert theirs_alone([letter], [], [digest]) == [letter]
        assert not letter.sender_is_unknown
        await letter.replay(operator)
        back = await taken_from(operator, no_ack=True)

    handling = letters.handlers.for_message(back)
    assert handling.message_id == letters.handlers.for_message(sent(body)).message_id


async def test_what_a_stranger_says_is_sealed_is_moved_without_anything_else_that_they_say(
    servers: TestServers,
) -> None:
    forged = {SEALED: True, "x-origin": "events", "x-user": "console", "x-attempt": 3}
    async with Broker.of(servers), await aio_pika.connect(servers.rabbit["nwl-trust"]) as ours:
        inbound = await (await ours.channel()).get_exchange(topology.INBOUND, ensure=False)
        message = aio_pika.Message(b"{}", headers=forged, user_id="nwl-trust")
        await inbound.publish(message, "wlc.participant.submitted.v1")
        async with await aio_pika.connect(servers.rabbit["operator"]) as connection:
            letter = await delivered_too_often(await connection.channel())
            copy = copy_of(letter._message)

    assert not letter.is_sealed
    assert (copy.headers["x-origin"], copy.headers["x-user"]) == ("inbound", "nwl-trust")
    assert SEALED not in copy.headers
    assert "x-attempt" not in copy.headers
