"""The private RabbitMQ and MongoDB, on the real programs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aio_pika
import pytest
import pytest_asyncio
from aiormq.exceptions import ChannelAccessRefused, ProbableAuthenticationError
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from deploy import embedded
from deploy.embedded import EmbeddedError, Mongo, MongoUser, Servers
from deploy.rights import rights_of
from tests.builders.embedded import BOROUGH, INTAKE, alive, client, definitions, using

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOPBACK = "0100007F"  # 127.0.0.1 as the kernel lists it
LISTENING = "0A"
MATCHING = MongoUser("matching", "matching-secret", (("readWrite", "matching"),))
CONSOLE = MongoUser("console", "console-secret", (), rights_of("console"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    folder = tmp_path_factory.mktemp("both")
    async with embedded.servers(
        folder, definitions(BOROUGH), [INTAKE, MATCHING, CONSOLE]
    ) as running:
        yield running


async def publish(url: str, body: bytes) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def take(url: str) -> bytes:
    async with await aio_pika.connect(url) as connection:
        queue = await (await connection.channel()).get_queue("kept", ensure=False)
        async with asyncio.timeout(10):
            async with queue.iterator() as messages:
                async for message in messages:
                    await message.ack()
                    return message.body
    pytest.fail("the queue was cancelled")


def listening(pid: int) -> set[str]:
    """Return the kernel's hexadecimal addresses on which the process accepts connections."""
    sockets = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed; a listener stays open
            sockets.add(str(handle.readlink()))
    tables = [Path(f"/proc/net/{name}").read_text().splitlines() for name in ("tcp", "tcp6")]
    rows = [row.split() for table in tables for row in table[1:]]
    listeners = [row for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in sockets]
    return {row[1].partition(":")[0] for row in listeners}


async def test_a_user_publishes_and_reads_within_its_rights(both: Servers) -> None:
    url = both.rabbit.url(*BOROUGH, "app")

    await publish(url, b"heard")

    assert await take(url) == b"heard"


async def test_a_user_cannot_declare_what_it_has_no_right_to(both: Servers) -> None:
    async with await aio_pika.connect(both.rabbit.url(*BOROUGH, "app")) as connection:
        channel = await connection.channel()

        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("another", durable=True)


@pytest.mark.parametrize("credentials", [("borough", "wrong"), ("guest", "guest")])
async def test_the_broker_refuses_a_wrong_password_and_guest(
    both: Servers, credentials: tuple[str, str]
) -> None:
    with pytest.raises(ProbableAuthenticationError):
        await aio_pika.connect(both.rabbit.url(*credentials, "app"))


async def test_both_listen_on_loopback_only(both: Servers) -> None:
    addresses = {name: listening(pid) for name, pid in both.pids.items()}

    assert addresses == {"rabbitmq": {LOOPBACK}, "mongod": {LOOPBACK}}


async def test_a_database_user_works_in_a_transaction_on_its_own_database(both: Servers) -> None:
    async with client(both.mongo, INTAKE) as mongo:
        async with mongo.start_session() as session, await session.start_transaction():
            await mongo.intake.participants.insert_one({"_id": 1}, session=session)

        assert await mongo.intake.participants.count_documents({}) == 1


async def test_a_database_user_is_refused_on_another_database(both: Servers) -> None:
    async with client(both.mongo, INTAKE) as mongo:
        with pytest.raises(OperationFailure, match="not authorized on matching"):
            await mongo.matching.candidates.find_one({})


async def test_the_console_adds_to_its_audit_trail_and_can_neither_change_nor_remove_a_row(
    both: Servers,
) -> None:
    async with client(both.mongo, CONSOLE) as mongo:
        audit = mongo.console.audit
        async with mongo.start_session() as session, await session.start_transaction():
            await audit.insert_one({"_id": "1", "who": "amina"}, session=session)
        for change in (
            audit.update_one({"_id": "1"}, {"$set": {"who": "ben"}}),
            audit.replace_one({"_id": "1"}, {"who": "ben"}),
            audit.find_one_and_update({"_id": "1"}, {"$set": {"who": "ben"}}),
            audit.delete_one({"_id": "1"}),
            audit.drop(),
            audit.rename("old"),
            audit.aggregate([{"$project": {"who": "ben"}}, {"$out": "audit"}]),
            mongo.drop_database("console"),
        ):
            with pytest.raises(OperationFailure, match="not authorized"):
                await change

        assert await audit.find_one({}) == {"_id": "1", "who": "amina"}


async def test_the_console_changes_and_removes_what_else_is_its_own(both: Servers) -> None:
    async with client(both.mongo, CONSOLE) as mongo:
        await mongo.console.matches.insert_one({"_id": "1"})
        await mongo.console.matches.update_one({"_id": "1"}, {"$set": {"version": 2}})

        assert (await mongo.console.matches.delete_one({"_id": "1"})).deleted_count == 1
        with pytest.raises(OperationFailure, match="not authorized on matching"):
            await mongo.matching.candidates.find_one({})


async def test_a_wrong_database_password_is_refused(both: Servers) -> None:
    async with client(both.mongo, MongoUser("intake", "wrong")) as mongo:
        with pytest.raises(OperationFailure, match="Authentication failed"):
            await mongo.intake.participants.find_one({})


async def test_nothing_is_read_without_signing_in(both: Servers) -> None:
    url = f"mongodb://127.0.0.1:{both.mongo.port}/?directConnection=true"

    async with AsyncMongoClient[dict[str, object]](url) as mongo:
        with pytest.raises(OperationFailure, match="requires authentication"):
            await mongo.intake.participants.find_one({})


async def test_a_folder_in_use_is_refused_and_left_unharmed(both: Servers) -> None:
    second = Mongo(both.mongo.folder)

    with pytest.raises(EmbeddedError, match="in use by an instance that is running"):
        async with embedded.running(second):
            pytest.fail("two instances on one folder")

    assert alive(both.pids) == ["rabbitmq", "mongod"]


async def test_restart_keeps_messages_and_documents_and_follows_changed_users(
    tmp_path: Path,
) -> None:
    council = ("council", "council-secret")
    async with embedded.servers(tmp_path, definitions(BOROUGH), [INTAKE, MATCHING]) as first:
        await publish(first.rabbit.url(*BOROUGH, "app"), b"kept")
        async with client(first.mongo, INTAKE) as mongo:
            await mongo.intake.participants.insert_one({"_id": "kept"})
    renewed = MongoUser("intake", "renewed", (("read", "intake"),))

    async with embedded.servers(tmp_path, definitions(council), [renewed]) as second:
        assert await take(second.rabbit.url(*council, "app")) == b"kept"
        with pytest.raises(ProbableAuthenticationError):
            await aio_pika.connect(second.rabbit.url(*BOROUGH, "app"))
        async with client(second.mongo, renewed) as mongo:
            assert await mongo.intake.participants.find_one({}) == {"_id": "kept"}
            with pytest.raises(OperationFailure, match="not authorized on intake"):
                await mongo.intake.participants.insert_one({})
        for gone in (INTAKE, MATCHING):
            async with client(second.mongo, gone) as mongo:
                with pytest.raises(OperationFailure, match="Authentication failed"):
                    await mongo.intake.participants.find_one({})
        assert (second.rabbit.port, second.mongo.port) == (first.rabbit.port, first.mongo.port)


async def test_two_installations_run_side_by_side_and_leave_no_process(
    both: Servers, tmp_path: Path
) -> None:
    async with embedded.servers(tmp_path, definitions(BOROUGH), [INTAKE]) as other:
        pids = other.pids
        await publish(other.rabbit.url(*BOROUGH, "app"), b"other")
        assert alive(pids) == ["rabbitmq", "mongod"]
        assert {"beam.smp", "epmd", "mongod"} <= set(using(tmp_path))

    assert alive(pids) == []
    assert using(tmp_path) == []
    await publish(both.rabbit.url(*BOROUGH, "app"), b"still here")
    assert await take(both.rabbit.url(*BOROUGH, "app")) == b"still here"


async def test_secrets_are_readable_by_their_owner_only(both: Servers) -> None:
    files = [*both.rabbit.folder.iterdir(), *both.mongo.folder.iterdir()]

    assert {
        both.rabbit.folder.stat().st_mode & 0o077,
        both.mongo.folder.stat().st_mode & 0o077,
    } == {0}
    assert [file.name for file in files if file.is_file() and file.stat().st_mode & 0o077] == []
