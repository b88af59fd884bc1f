"""`wlc doctor` finds each fault, caused on real servers, and says what to do."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import pytest
import pytest_asyncio
from pymongo import MongoClient

from cli.doctoring import disk
from cli.doctoring.checks import Check
from cli.doctoring.clocks import check_clocks
from cli.doctoring.database import check_database
from cli.doctoring.rabbit import check_broker
from cli.doctoring.services import check_services
from cli.doctoring.structure import find_faults, mend, wanted
from cli.places import Places
from deploy.accounts import Secrets, broker_definitions
from deploy.embedded import Rabbit, rabbit, running
from deploy.embedded.ports import free_port
from deploy.local.state import PublisherAccess
from shared import topology
from shared.mongo import Database
from tests.builders.cli import a_run
from tests.integration.delivery.processes import ready, the_service
from tests.integration.doctoring.upgraded import Upgraded
from tests.servers import TestServers, private

QUEUE = topology.queue("matching")
ANSWERS = topology.answer_queue("lambeth-hub")
LISTENERS = ("matching", "scheduling", "notification")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestServers]:
    """Servers of our own, whatever the environment offers: their databases are dropped here."""
    folder = tmp_path_factory.mktemp("doctored")
    async with private(folder, Secrets.kept_in(folder / "secrets.json")) as (_, servers):
        yield servers


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def places(
    servers: TestServers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, port: int
) -> Places:
    """The operator's view of the servers, and of matching at the port."""
    monkeypatch.setenv("WLC_RABBIT_URL", servers.rabbit["operator"])
    monkeypatch.setenv("WLC_MONGO_URL", servers.mongo_url)
    monkeypatch.setenv("WLC_MATCHING_URL", f"http://127.0.0.1:{port}")
    return Places(tmp_path)


@pytest.fixture
async def broker(servers: TestServers) -> AsyncIterator[Upgraded]:
    async with Upgraded.with_old(servers) as broker:
        yield broker
        await mend(broker.channel, wanted(), {}, print)


def ills(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.sentence for check in checks if check.exit_code}


async def of_matching(places: Places, *, wanted: str, servers: set[str]) -> str:
    """Return what is told of matching as soon as it says what is wanted."""
    async with asyncio.timeout(60):
        while True:
            checks = await asyncio.to_thread(lambda: list(check_services(places, servers)))
            told = ills(checks).get("matching", "")
            if wanted in told:
                return told
            await asyncio.sleep(0.2)


async def test_what_is_missing_on_the_broker_is_named_and_made(broker: Upgraded) -> None:
    await broker.channel.queue_delete(ANSWERS)
    await broker.channel.exchange_delete(topology.DEAD)

    found = ills(await find_faults(broker.channel, wanted()))
    done = await mend(broker.channel, wanted(), {}, print)
    await broker.say_raw(b"{}", kind="wlc.participant.registered.v1")
    queue = await broker.channel.get_queue(QUEUE, ensure=False)
    await (await queue.get()).reject()

    assert found == dict.fromkeys(
        (topology.DEAD, ANSWERS), "it is missing; `wlc doctor --fix` puts it right without loss."
    )
    assert {check.name for check in done} == {topology.DEAD, ANSWERS, "bindings"}
    assert await find_faults(broker.channel, wanted()) == []
    assert await broker.depth_within(topology.dead_letter_queue("matching"), wanted=1) == 1


async def test_a_changed_argument_and_a_broken_off_replacement_are_named(
    servers: TestServers,
) -> None:
    async with Upgraded.with_old(servers, QUEUE) as broker:
        await broker.channel.declare_queue(
            topology.holding_queue(ANSWERS), durable=True, arguments=dict(topology.ENGINE)
        )

        found = ills(await find_faults(broker.channel, wanted()))
        await mend(broker.channel, wanted(), {}, print)

        assert found[QUEUE].startswith("its x-delivery-limit is '7', not '20';")
        assert found[ANSWERS].startswith("its replacement was broken off;")
        assert await find_faults(broker.channel, wanted()) == []


async def test_a_missing_binding_is_seen_by_what_found_no_queue_and_made_again(
    servers: TestServers, broker: Upgraded, places: Places
) -> None:
    intake = await broker.channel.get_queue(topology.queue("intake"), ensure=False)
    await intake.unbind(topology.INBOUND, "#")
    async with await aio_pika.connect(servers.rabbit["nwl-trust"]) as publisher:
        inbound = await (await publisher.channel()).get_exchange(topology.INBOUND, ensure=False)
        kind = "wlc.participant.submitted.v1"
        await inbound.publish(aio_pika.Message(b"lost?"), kind)

        found = ills(await asyncio.to_thread(check_broker, places))
        await mend(broker.channel, wanted(), {}, print)
        await inbound.publish(aio_pika.Message(b"{}"), kind)

    assert found["bindings"].startswith("1 messages found no queue and lie in unrouted.v1;")
    assert len(await broker.taken(topology.queue("intake"))) == 1
    [kept] = await broker.taken(topology.UNROUTED_QUEUE)
    assert kept.body == b"lost?"


async def test_a_service_that_has_heard_none_of_what_was_said_is_named(
    servers: TestServers, places: Places
) -> None:
    said = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    kinds = ["wlc.participant.updated.v1", "wlc.participant.left.v1", "wlc.engagement.closed.v1"]
    with MongoClient(servers.mongo_url) as root:
        for name in ("console", *LISTENERS):
            root.drop_database(name)
        root["console"]["trace"].insert_many(
            [{"_id": f"{kind} {n}", "type": kind, "at": said} for kind in kinds for n in range(3)]
        )
        heard = [{"_id": f"{kind} 2"} for kind in kinds]
        for name in LISTENERS:
            root[name]["inbox"].insert_many(heard)
        whole = ills(await asyncio.to_thread(check_database, places))
        root["matching"]["inbox"].delete_one({"_id": heard[1]["_id"]})

        found = ills(await asyncio.to_thread(check_database, places))

        for name in ("console", *LISTENERS):
            root.drop_database(name)
    assert not whole
    assert list(found) == ["what matching hears"]
    assert "of wlc.participant.left.v1 took effect" in found["what matching hears"]


async def test_a_missing_index_is_named_by_its_service(
    servers: TestServers, database: Database, places: Places, port: int
) -> None:
    async with the_service(servers, database, "none", port=port):
        await of_matching(places, wanted="", servers=set())
        await ready(port)
        await database["inbox"].drop_index("at_1")

        told = await of_matching(places, wanted="indexes are missing", servers=set())

    assert told == "indexes are missing: inbox.at_1; restart it, it makes them when it starts."


@pytest.mark.parametrize("server", ["RabbitMQ", "MongoDB"])
async def test_an_account_that_a_server_does_not_know_is_named(
    server: str, servers: TestServers, database: Database, places: Places, port: int
) -> None:
    unknown = replace(
        servers,
        rabbit={**servers.rabbit, "matching": _with_password(servers.rabbit["matching"], "other")},
    )
    if server == "MongoDB":
        unknown = replace(servers, mongo_url=_with_password(servers.mongo_url, "other"))
    async with the_service(unknown, database, "none", port=port):
        reached = {"RabbitMQ", "MongoDB"}
        told = await of_matching(places, wanted=f"waiting for {server} (", servers=reached)

    assert f"the operator reaches {server}, so when this stays, the account matching" in told


async def test_a_publisher_who_cannot_sign_in_is_named(
    servers: TestServers, places: Places, tmp_path: Path
) -> None:
    run = a_run("http://127.0.0.1:9")
    assert run.addresses
    url = _with_password(servers.rabbit["nwl-trust"], "other")
    known = (
        PublisherAccess(name="nwl-trust", key="k", amqp_url=url),
        PublisherAccess(name="lambeth-hub", key="k", amqp_url=servers.rabbit["lambeth-hub"]),
    )
    addresses = run.addresses.model_copy(update={"publishers": known})
    run.model_copy(update={"addresses": addresses}).write(tmp_path)

    found = await asyncio.to_thread(lambda: check_broker(Places(tmp_path)))

    assert [check.sentence for check in found if check.name == "publishers"] == [
        "the account nwl-trust cannot sign in; load the definitions again."
    ]


async def test_a_replica_set_without_a_primary_is_told(
    servers: TestServers, places: Places
) -> None:
    with MongoClient(servers.mongo_url) as root:
        root.admin.command({"replSetStepDown": 5, "force": True})
        [without] = await asyncio.to_thread(check_database, places)
        async with asyncio.timeout(60):
            while ills(await asyncio.to_thread(check_database, places)):
                await asyncio.sleep(0.2)

    assert without.sentence == "the replica set has no primary; read its log."
    assert without.exit_code == 3


async def test_a_calendar_that_is_not_read_is_named_with_since_when(
    places: Places, servers: TestServers
) -> None:
    rows = [
        {"_id": "hall", "fault": "HTTP 404", "read_at": "2027-03-01T09:00:00Z"},
        {"_id": "room", "fault": "no answer", "read_at": None},
        {"_id": "well", "fault": "", "read_at": "2027-03-01T09:00:00Z"},
    ]
    with MongoClient(servers.mongo_url) as client:
        client["scheduling"]["resource_calendars"].insert_many(rows)
        found = ills(check_database(places))
        client.drop_database("scheduling")

    assert set(found) == {"calendar of hall", "calendar of room"}
    assert found["calendar of hall"].startswith("not read since 2027-03-01 09:00 UTC (HTTP 404);")
    assert found["calendar of room"].startswith("never read (no answer);")


async def test_a_clock_that_is_off_is_compared_with_services_and_the_database(
    servers: TestServers, database: Database, places: Places, port: int
) -> None:
    def late() -> datetime:
        return datetime.now(UTC) - timedelta(hours=1)

    async with the_service(servers, database, "none", port=port):
        await ready(port)
        agreeing = await asyncio.to_thread(lambda: list(check_clocks(places)))
        off = await asyncio.to_thread(lambda: list(check_clocks(places, late)))

    assert agreeing == [Check("clock", "it agrees with matching, MongoDB.")]
    assert [check.sentence.partition(" by ")[0] for check in off] == [
        "it differs from matching's",
        "it differs from MongoDB's",
    ]
    assert {check.exit_code for check in off} == {1}


async def test_a_disk_of_the_database_that_is_nearly_full_is_told(
    servers: TestServers, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "NEEDED_MB", 1 << 40)
    with MongoClient(servers.mongo_url) as root:
        root["intake"]["marker"].insert_one({})
        found = ills(await asyncio.to_thread(check_database, places))
        root.drop_database("intake")

    assert "make room" in found["disk of MongoDB"]


async def test_a_broker_whose_disk_is_full_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full = rabbit.CONFIGURATION.replace("256MB", "1000000GB")
    monkeypatch.setattr(rabbit, "CONFIGURATION", full)
    secrets = Secrets.kept_in(tmp_path / "secrets.json")
    server = Rabbit(tmp_path / "rabbitmq", broker_definitions(secrets))
    async with running(server):
        url = server.url("operator", secrets.rabbit["operator"], topology.VHOST)
        monkeypatch.setenv("WLC_RABBIT_URL", url)

        found = ills(await asyncio.to_thread(check_broker, Places(tmp_path)))

    assert found == {
        "room of RabbitMQ": "it takes no messages: its disk or its memory is full; make room."
    }


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    netloc = f"{parts.username}:{password}@{parts.hostname}:{parts.port}"
    return parts._replace(netloc=netloc).geturl()
