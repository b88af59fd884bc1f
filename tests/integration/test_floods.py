"""A publisher that floods by AMQP: it waits for its turn, loses nothing, and holds nobody up."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aio_pika
import httpx

from deploy.accounts import publishers_file
from services.intake.main import build_app
from shared import topology
from shared.mongo import Database
from tests.builders.intake import event, person
from tests.integration.delivery.broker import Broker
from tests.integration.test_intake_service import intake_settings, ready
from tests.servers import TestServers

FLOODS, CALM = "nwl-trust", "lambeth-hub"
PER_MINUTE, MORE = 300, 60
"""What passes at once, and what has to wait: for 12 seconds at this pace."""
INTAKE = topology.queue("intake")
WAITS = [f"{INTAKE}.wait.{tier}" for tier in topology.WAIT_SECONDS]


async def published(servers: TestServers, name: str, *sent: dict[str, Any]) -> None:
    async with await aio_pika.connect(servers.rabbit[name]) as connection:
        inbound = await (await connection.channel()).get_exchange(topology.INBOUND, ensure=False)
        kind = "application/cloudevents+json"
        bodies = [json.dumps({**each, "source": name}).encode() for each in sent]
        messages = [aio_pika.Message(body, user_id=name, content_type=kind) for body in bodies]
        key = "wlc.participant.submitted.v1"
        await asyncio.gather(*(inbound.publish(message, key) for message in messages))


async def accepted(database: Database, publisher: str) -> int:
    query = {"publisher": publisher, "status": "accepted"}
    return await database["submissions"].count_documents(query)


async def until(database: Database, publisher: str, count: int) -> None:
    async with asyncio.timeout(120):
        while await accepted(database, publisher) < count:
            await asyncio.sleep(0.05)


async def slowed(database: Database, http: httpx.AsyncClient, token: str) -> None:
    """Have it agreed with the publisher that floods, as `wlc publishers set` does."""
    http.headers["authorization"] = f"Bearer {token}"
    told = (await http.get("/publishers")).json()
    [found] = [each for each in told if each["name"] == FLOODS]
    named = {name: found[name] for name in ("types", "hubs", "keys")}
    wanted = {**named, "per_minute": PER_MINUTE, "version": 0}
    answer = await http.put(f"/publishers/{FLOODS}", json=wanted)
    assert answer.status_code == 200, answer.text
    assert await database["publishers"].count_documents({"per_minute": PER_MINUTE}) == 1


async def test_a_flood_waits_for_its_turn_loses_nothing_and_does_not_hold_up_another_publisher(
    servers: TestServers, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "publishers.json"
    file.write_text(publishers_file(servers.secrets))
    flood = [event(person()) for _ in range(PER_MINUTE + MORE)]
    app = build_app(intake_settings(servers, database, file))
    transport = httpx.ASGITransport(app)
    async with (
        Broker.of(servers) as broker,
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://intake") as http,
    ):
        await ready(http)
        await slowed(database, http, servers.secrets.operator_token)
        await published(servers, FLOODS, *flood)
        await published(servers, CALM, event(person(), hub="lambeth"))
        await until(database, CALM, 1)
        passed_before = await accepted(database, FLOODS)
        await until(database, FLOODS, len(flood))
        left = {name: await broker.depth(name) for name in (INTAKE, *WAITS)}
        buried = await broker.depth(topology.dead_letter_queue("intake"))

    assert PER_MINUTE / 2 < passed_before < len(flood)
    assert (left, buried) == (dict.fromkeys(left, 0), 0)
    assert await database["participants"].count_documents({}) == len(flood) + 1
