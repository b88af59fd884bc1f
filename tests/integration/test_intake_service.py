"""Intake on real servers: by both doors, through the database, out to the publisher's own queue."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aio_pika
import httpx
import pytest

from deploy.accounts import digest, publishers_file
from services.intake.main import build_app
from services.intake.settings import Settings
from shared import topology
from shared.contracts.participants import SealedContact
from shared.exclusions import ExclusionKey
from shared.keyring import Keyring
from shared.master_keys import SecretMasterKeys
from shared.mongo import Database
from tests.builders.intake import event, person
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

KEY = b"k" * 32
PUBLISHER = "nwl-trust"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "publish.py"
BATCH = "application/cloudevents-batch+json"


@dataclass(frozen=True)
class Running:
    """The service, a publisher's two ways in, and the queue of its answers."""

    http: httpx.AsyncClient
    publisher: aio_pika.abc.AbstractChannel
    database: Database
    operator: Broker
    operator_token: str

    async def publish(self, sent: Any, *, user: str | None = PUBLISHER) -> None:
        inbound = await self.publisher.get_exchange(topology.INBOUND, ensure=False)
        body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        message = aio_pika.Message(body, user_id=user, content_type="application/cloudevents+json")
        await inbound.publish(message, "wlc.participant.submitted.v1")

    async def answer(self) -> dict[str, Any]:
        queue = await self.publisher.get_queue(topology.answer_queue(PUBLISHER), ensure=False)
        async with asyncio.timeout(30):
            while (message := await queue.get(no_ack=True, fail=False)) is None:
                await asyncio.sleep(0.05)
        found: dict[str, Any] = json.loads(message.body)["data"]
        return found

    async def everything_stored(self) -> str:
        names = await self.database.list_collection_names()
        return str([row for name in names async for row in self.database[name].find()])


def intake_settings(servers: TestServers, database: Database, publishers: Path) -> Settings:
    key = base64.b64encode(KEY).decode()
    return Settings.model_validate(
        {
            "rabbit_url": servers.rabbit["intake"],
            "mongo_url": servers.mongo_url,
            "database": database.name,
            "keyring_database": database.name,
            "port": 1,
            "publishers_file": publishers,
            "keyring_key": key,
            "fingerprint_key": key,
            "quarantine_key": key,
            "exclusion_key": key,
            "operator_token_sha256": digest(servers.secrets.operator_token),
        }
    )


@pytest.fixture
async def running(
    servers: TestServers, database: Database, tmp_path: Path
) -> AsyncIterator[Running]:
    async with started(servers, database, tmp_path) as found:
        yield found


@asynccontextmanager
async def started(servers: TestServers, database: Database, folder: Path) -> AsyncIterator[Running]:
    """Run intake for as long as the context lasts."""
    publishers = folder / "publishers.json"
    publishers.write_text(publishers_file(servers.secrets))
    app = build_app(intake_settings(servers, database, publishers))
    connection = await aio_pika.connect(servers.rabbit[PUBLISHER])
    transport = httpx.ASGITransport(app)
    async with connection, Broker.of(servers) as operator:
        channel = await connection.channel(on_return_raises=True)
        answers = await channel.get_queue(topology.answer_queue(PUBLISHER), ensure=False)
        await answers.purge()
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://intake") as http,
        ):
            http.headers["authorization"] = f"Bearer {servers.secrets.publisher_keys[PUBLISHER]}"
            await ready(http)
            yield Running(http, channel, database, operator, servers.secrets.operator_token)


async def ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while (await http.get("/health/ready")).status_code != 200:
            await asyncio.sleep(0.1)


async def publish_as_the_example_does(file: Path, amqp_url: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        EXAMPLE,
        file,
        env={"WLC_AMQP_URL": amqp_url},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    said: dict[str, Any] = json.loads(printed)
    return said


async def test_a_person_comes_in_by_amqp_and_the_publisher_is_answered(running: Running) -> None:
    sent = event(person())

    await running.publish(sent)

    answer = await running.answer()
    assert (answer["event_id"], answer["status"]) == (sent["id"], "accepted")
    assert await running.database["participants"].count_documents({}) == 1


async def test_the_example_of_a_publisher_takes_its_own_answer_and_leaves_the_others(
    running: Running, servers: TestServers, tmp_path: Path
) -> None:
    earlier, sent = event(person()), event(person())
    file = tmp_path / "event.json"
    file.write_text(json.dumps(sent))

    await running.publish(earlier)
    said = await publish_as_the_example_does(file, servers.rabbit[PUBLISHER])

    assert (said["event_id"], said["status"]) == (sent["id"], "accepted")
    assert (await running.answer())["event_id"] == earlier["id"]


async def test_what_is_no_event_is_refused_and_the_next_one_accepted(running: Running) -> None:
    for spoiled in (b"<event/>", b"\xff", b"", b"[" * 100_000, b'{"a": NaN}', b"x" * 300_000):
        await running.publish(spoiled)

    answers = [await running.answer() for _ in range(6)]
    await running.publish(event(person()))

    assert {answer["status"] for answer in answers} == {"rejected"}
    assert all(answer["faults"] for answer in answers)
    assert (await running.answer())["status"] == "accepted"
    assert await running.operator.depth(topology.dead_letter_queue("intake")) == 0


async def test_a_message_without_its_senders_name_is_kept_and_nobody_is_made(
    running: Running,
) -> None:
    await running.publish(event(person()), user=None)
    await running.publish(event(person()))
    await running.answer()

    quarantined = await running.database["quarantine"].find_one({"publisher": "unknown"})
    assert quarantined
    assert await running.database["participants"].count_documents({}) == 1


async def test_a_batch_with_the_same_people_twice_is_stored_once(running: Running) -> None:
    people = [person() for _ in range(40)]
    again = [each | {"reference": f"again-{each['reference']}"} for each in people]
    sent = [event(each) for each in (*people, *again)]

    content = json.dumps([*sent, *sent])
    answer = await running.http.post("/v1/events", content=content, headers={"content-type": BATCH})

    results = answer.json()["results"]
    assert [each["status"] for each in results] == ["accepted"] * 160
    assert sum(each["duplicate"] for each in results) == 80
    assert len({each["aggregate_id"] for each in results}) == 40
    assert await running.database["participants"].count_documents({}) == 40


async def test_nothing_that_names_a_person_is_stored_in_the_clear(running: Running) -> None:
    name = {"display": "Zanzibarbara Quill", "address_as": "Zanzibarbara"}
    contacts = [{"channel": "sms", "value": "07700 900777"}]
    good = person(name=name, contacts=contacts)
    spoiled = person(name=name, contacts=contacts, postcode="ZANZIBARBARA")

    for sent in (event(good), event(spoiled), event(good, colour="Zanzibarbara")):
        await running.http.post("/v1/events", json=sent)

    stored = (await running.everything_stored()).lower()
    assert good["reference"].lower() in stored
    assert "zanzibarbara" not in stored
    assert "900777" not in stored
    assert "w12 7rz" not in stored


async def test_a_forgotten_persons_card_cannot_be_opened_any_more(running: Running) -> None:
    stated = person()
    answer = await running.http.post("/v1/events", json=event(stated))
    participant_id = UUID(answer.json()["results"][0]["aggregate_id"])
    row = await running.database["participants"].find_one({"_id": str(participant_id)})
    assert row
    sealed = SealedContact(participant_id=participant_id, **row["sealed"])
    keyring = Keyring(running.database, SecretMasterKeys(KEY))
    before = await keyring.open(sealed)

    asks = event({"reference": stated["reference"]}, type="participant.erasure_requested")
    await running.http.post("/v1/events", json=asks)

    async with asyncio.timeout(20):
        while await keyring.open(sealed):
            await asyncio.sleep(0.1)
    assert before
    assert before.display_name == stated["name"]["display"]


async def test_the_port_tells_what_was_given_up_and_what_was_tried_often(running: Running) -> None:
    row = {"at": datetime(2100, 1, 1, tzinfo=UTC), "about": {}, "asked": "once"}
    rows = [
        {"_id": "given-up", "failed": "rule", "tries": 0, **row},
        {"_id": "tried", "failed": None, "tries": 5, **row},
        {"_id": "waits", "failed": None, "tries": 4, **row},
    ]
    await running.database["expiries"].insert_many(rows)

    readiness = (await running.http.get("/health/ready")).json()
    key_alone = await running.http.get("/failed-work")
    running.http.headers["authorization"] = f"Bearer {running.operator_token}"
    listed = (await running.http.get("/failed-work")).json()

    assert (readiness["failed_work"], readiness["work_tried_often"]) == (1, 1)
    assert [found["id"] for found in listed] == ["given-up"]
    assert key_alone.status_code == 401


async def test_a_key_is_replaced_without_a_gap_and_revoked_at_once(running: Running) -> None:
    first = running.http.headers["authorization"]
    second = "Bearer pk_nwl-trust_second"
    operator = {"authorization": f"Bearer {running.operator_token}"}
    digest_of_second = digest(second.removeprefix("Bearer "))

    async def sees(key: str) -> int:
        asked = {"authorization": key}
        return (await running.http.get("/v1/quarantine", headers=asked)).status_code

    async def set_to(keys: list[dict[str, Any]], version: int) -> httpx.Response:
        wanted = {**named, "keys": keys, "version": version}
        return await running.http.put(f"/publishers/{PUBLISHER}", json=wanted, headers=operator)

    told = (await running.http.get("/publishers", headers=operator)).json()
    [found] = [each for each in told if each["name"] == PUBLISHER]
    named = {name: found[name] for name in ("types", "hubs", "per_minute")}
    both = [*found["keys"], {"id": digest_of_second[:8], "sha256": digest_of_second}]
    assert (await sees(first), await sees(second)) == (200, 401)
    assert (await set_to(both, 0)).status_code == 200
    assert (await sees(first), await sees(second)) == (200, 200)
    assert (await set_to(both, 0)).status_code == 409
    assert (await set_to(both[1:], 1)).status_code == 200
    assert (await sees(first), await sees(second)) == (401, 200)

    told = (await running.http.get("/publishers", headers=operator)).json()
    used = {each["name"]: each["used"] for each in told}
    assert {digest_of_second[:8], found["keys"][0]["id"]} <= used[PUBLISHER].keys()
    assert (
        await running.http.get("/publishers", headers={"authorization": second})
    ).status_code == 401


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("Nobody", {}),
        ("unknown", {}),
        ("harrow", {"types": ["wlc.match.approved.v1"]}),
        ("harrow", {"keys": [{"id": "1", "sha256": "pk_harrow_Zanzibar"}]}),
        ("harrow", {"per_minute": 0}),
        ("harrow", {"more": 1}),
    ],
)
async def test_what_is_no_publisher_is_not_set_and_not_repeated(
    running: Running, name: str, changes: dict[str, Any]
) -> None:
    wanted = {"types": [], "hubs": [], "keys": [], "version": 0, **changes}
    headers = {"authorization": f"Bearer {running.operator_token}"}

    answer = await running.http.put(f"/publishers/{name}", json=wanted, headers=headers)

    assert answer.status_code == 422
    assert "Zanzibar" not in answer.text
    assert await running.database["publishers"].count_documents({}) == 0


async def test_where_people_stay_away_from_is_sealed_at_the_next_start_where_it_lies_in_words(
    servers: TestServers, database: Database, tmp_path: Path
) -> None:
    people = [person(exclusions={"sites": ["Zanzibar Ward"]}) for _ in range(150)]
    sent = [event(each) for each in [*people, person()]]
    rows, in_words = database["participants"], {"profile.excluded_sites": ["Zanzibar Ward"]}
    async with started(servers, database, tmp_path) as running:
        content, headers = json.dumps(sent), {"content-type": BATCH}
        await running.http.post("/v1/events", content=content, headers=headers)
    of_before = {"$set": in_words, "$unset": {"profile.avoids": 1, "profile.of_before": 1}}
    await rows.update_many({"profile.avoids.0": {"$exists": True}}, of_before)

    async with started(servers, database, tmp_path) as running, asyncio.timeout(30):
        while await rows.count_documents(in_words):
            await asyncio.sleep(0.05)
        stored = await running.everything_stored()

    assert "Zanzibar" not in stored
    avoids = list(ExclusionKey(KEY).digests(sites=("zanzibar ward",)))
    assert await rows.count_documents({"profile.avoids": avoids, "version": 2}) == len(people)
    assert await rows.count_documents({"version": 1}) == 1
