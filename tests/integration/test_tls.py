"""Broker, database and a service by TLS alone: who trusts the authority is let in, nobody else."""

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import aiormq
import httpx
import pytest
import pytest_asyncio
from aiormq.exceptions import AMQPError
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError

from deploy.accounts import Secrets, broker_definitions, mongo_users, publishers_file
from deploy.certificates import make_certificates, tls_of
from deploy.embedded import Mongo, Rabbit, running
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.environments import Place, service_environment
from shared.topology import VHOST
from tests.builders.intake import event, person

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
PUBLISHER = "nwl-trust"
PATIENCE_SECONDS = 60


class There(NamedTuple):
    """A broker and a database that talk by TLS alone, and intake on them."""

    rabbit: Rabbit
    mongo: Mongo
    secrets: Secrets
    intake: str
    authority: Path

    def client(self, *, trusting: Path) -> httpx.AsyncClient:
        trusted = ssl.create_default_context(cafile=trusting)
        key = self.secrets.publisher_keys[PUBLISHER]
        headers = {"authorization": f"Bearer {key}"}
        return httpx.AsyncClient(
            base_url=f"https://{self.intake}", verify=trusted, headers=headers, trust_env=False
        )

    def broker_url(self, account: str) -> str:
        return self.rabbit.url(account, self.secrets.rabbit[account], VHOST)


def environment(there: There, folder: Path) -> dict[str, str]:
    """Return all that intake is told, as `wlc up` and the set-up tell it."""
    publishers = folder / "publishers.json"
    publishers.write_text(publishers_file(there.secrets))
    place = Place(
        rabbit_url=there.broker_url("intake"),
        mongo_url=there.mongo.url("intake", there.secrets.mongo["intake"]),
        host=LOOPBACK,
        port=int(there.intake.rpartition(":")[2]),
        public_url="https://localhost",
        smtp_host="localhost",
        smtp_port=25,
        smtp_tls="starttls",
        publishers_file=publishers,
        staff_file=folder / "staff.json",
    )
    own = service_environment("intake", place, there.secrets)
    tls = {"INTAKE_TLS_FILE": str(tls_of(there.authority.parent, "intake").file)}
    return {**own, **tls, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[There]:
    folder: Path = tmp_path_factory.mktemp("tls")
    certificates = folder / "certificates"
    make_certificates(certificates, ("rabbitmq", "mongo", "intake"))
    secrets = Secrets.kept_in(folder / "secrets.json")
    rabbit = Rabbit(
        folder / "rabbitmq", broker_definitions(secrets), tls=tls_of(certificates, "rabbitmq")
    )
    mongo = Mongo(folder / "mongo", mongo_users(secrets), tls=tls_of(certificates, "mongo"))
    async with running(rabbit, mongo):
        where = f"localhost:{free_port()}"
        found = There(rabbit, mongo, secrets, where, certificates / "ca.pem")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.intake.main", env=environment(found, folder)
        )
        try:
            await ready(found)
            yield found
        finally:
            process.terminate()
            await process.wait()


async def ready(there: There) -> None:
    async with there.client(trusting=there.authority) as http, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                if (await http.get("/health/ready")).is_success:
                    return
            except httpx.ConnectError:
                await asyncio.sleep(0.2)


def ask_mongo_in_vain(url: str) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(url, serverSelectionTimeoutMS=1500)
    with client, pytest.raises(ServerSelectionTimeoutError):
        client.admin.command("hello")


async def test_a_person_who_is_submitted_by_https_is_told_of_by_amqps(there: There) -> None:
    async with there.client(trusting=there.authority) as http:
        answer = await http.post("/v1/events", json=event(person()))

    assert answer.status_code == 202
    broker = await aiormq.connect(there.broker_url("matching"))
    channel = await broker.channel()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (told := await channel.basic_get("matching.in.v1", no_ack=True)).body:
            await asyncio.sleep(0.1)
    await broker.close()
    assert told.header.properties.message_type == "wlc.participant.registered.v1"
    with MongoClient(there.mongo.url("intake", there.secrets.mongo["intake"])) as client:
        assert client["intake"]["participants"].count_documents({}) == 1


async def test_no_server_is_spoken_to_in_clear(there: There) -> None:
    account = there.secrets.rabbit["intake"]
    in_clear = f"amqp://intake:{account}@{LOOPBACK}:{there.rabbit.port}/{VHOST}"
    with pytest.raises((AMQPError, OSError)):
        await aiormq.connect(in_clear)

    ask_mongo_in_vain(f"mongodb://{LOOPBACK}:{there.mongo.port}/?directConnection=true")

    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(f"http://{there.intake}/health/ready")


async def test_a_server_of_another_authority_is_spoken_to_by_nobody(
    there: There, tmp_path: Path
) -> None:
    make_certificates(tmp_path, ())
    stranger = tmp_path / "ca.pem"

    async with there.client(trusting=stranger) as http:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await http.get("/health/ready")
    url = there.broker_url("intake").replace(str(there.authority), str(stranger))
    with pytest.raises((AMQPError, OSError)):
        await aiormq.connect(url)
    mongo_url = there.mongo.url("intake", "any").replace(str(there.authority), str(stranger))
    ask_mongo_in_vain(mongo_url)
