"""The broker is short of memory or disk: it takes nothing, and what it has is worked off."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from shared import bus, topology
from shared.facts import Facts
from shared.mongo import Database
from shared.outbox import envelope
from tests.builders.deliveries import Sighting, person_registered, told_of
from tests.builders.intake import event, person
from tests.integration.delivery.broker import Broker
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import LEASE_SECONDS, Running, counting, emptied, intake

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = topology.queue("matching")
TAKES_NOTHING = "RabbitMQ takes no messages"
PUBLISHER = "nwl-trust"
REGISTERED = "wlc.participant.registered.v1"
TOLD = "wlc.match.cancelled.v1"
IN_HAND = 250
"""As many may be written, and come twice, before the broker says that it reads nothing."""


async def test_what_waits_is_worked_off_under_an_alarm_and_told_once_it_is_over(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with Broker.of(breakable.servers) as broker, AsyncExitStack() as services:
        await broker.say(*(person_registered() for _ in range(600)))
        async with breakable.alarm("memory"):
            service = await services.enter_async_context(
                counting(breakable.servers, store, tmp_path)
            )
            waiting = await broker.depth_within(QUEUE, wanted=0, seconds=60)
            await service.says(reason=TAKES_NOTHING)
            await asyncio.sleep(3 * LEASE_SECONDS)  # what is not done needs time to be not done
            stored = await store["outbox"].count_documents({})
        await service.says(reason=None)
        await emptied(store["outbox"])
        told = await broker.taken(topology.queue("console"))
    ids = [message.message_id for message in told if message.type == TOLD]
    assert (waiting, stored, len(set(ids))) == (0, 600, 600)
    assert len(ids) <= 600 + IN_HAND
    assert service.warnings()["not_ready"] == 1


async def test_intake_takes_in_up_to_its_limit_under_an_alarm_and_loses_nothing_of_it(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    async with (
        Broker.of(breakable.servers) as broker,
        intake(breakable.servers, store, tmp_path, outbox_limit="60") as service,
    ):
        await service.says(reason=None)
        async with breakable.alarm("disk"):
            accepted, refused = await sent_until_refused(service, breakable)
            await service.says(reason=TAKES_NOTHING)
        await service.says(reason=None)
        await emptied(store["outbox"])
        told = await broker.taken(QUEUE)
    registered = {message.message_id for message in told if message.type == REGISTERED}
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert len(accepted) >= 20
    assert await store["participants"].count_documents({}) == len(accepted) == len(registered)


async def sent_until_refused(
    service: Running, breakable: Breakable
) -> tuple[list[str], httpx.Response]:
    """Return the ids that were accepted, and the first answer of another kind."""
    key = breakable.servers.secrets.publisher_keys[PUBLISHER]
    accepted: list[str] = []
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as http:
        http.headers["authorization"] = f"Bearer {key}"
        while True:
            answer = await http.post("/v1/events", json=event(person()))
            if answer.status_code != httpx.codes.ACCEPTED:
                return accepted, answer
            accepted += [each["id"] for each in answer.json()["results"]]


async def test_what_the_broker_does_not_confirm_is_not_piled_up_without_end(
    breakable: Breakable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "MOST_UNCONFIRMED", 20)
    ours = bus.Bus(breakable.servers.rabbit["matching"], "matching")
    cause, facts = person_registered(), Facts("matching")
    told = [envelope(told_of(cause, Sighting("one"), facts)) for _ in range(70)]
    await ours.start()
    with breakable.frozen("rabbitmq"):
        confirmed = await ours.publish(told)
        channel = await ours._channel.get_underlay_channel()
        written = len(channel.confirmations)
    await ours.stop()

    assert confirmed == []
    assert 0 < written <= 20
