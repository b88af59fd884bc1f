"""The private RabbitMQ and MongoDB, on the real programs."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aio_pika
import pytest
import pytest_asyncio
from aiormq.exceptions import ChannelAccessRefused, ProbableAuthenticationError
from pydantic import JsonValue
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from deploy import embedded
from deploy.embedded import EmbeddedError, Mongo, MongoUser, Rabbit, Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECKOUT = Path(__file__).parents[2]
INTAKE = MongoUser("intake", "intake-secret", (("readWrite", "intake"),))
MATCHING = MongoUser("matching", "matching-secret", (("readWrite", "matching"),))


def definitions(*users: tuple[str, str]) -> Mapping[str, JsonValue]:
    """One vhost with one durable queue; each (name, password) may publish to it and read it."""
    hashing = "rabbit_password_hashing_sha256"
    rights = {"vhost": "app", "configure": "^$", "write": "^(amq.default|kept)$", "read": "^kept$"}
    return {
        "vhosts": [{"name": "app"}],
        "users": [
            {
                "name": name,
                "password_hash": embedded.password_hash(password),
                "hashing_algorithm": hashing,
                "tags": "",
            }
            for name, password in users
        ],
        "permissions": [{"user": name, **rights} for name, _ in users],
        "queues": [
            {
                "name": "kept",
                "vhost": "app",
                "durable": True,
                "auto_delete": False,
                "arguments": {"x-queue-type": "quorum"},
            }
        ],
    }


BOROUGH = ("borough", "borough-secret")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    folder = tmp_path_factory.mktemp("both")
    async with embedded.servers(folder, definitions(BOROUGH), [INTAKE, MATCHING]) as running:
        yield running


def alive(pids: Mapping[str, int]) -> list[str]:
    """Name those that still run; a zombie nobody has waited for does not."""
    return [name for name, pid in pids.items() if _state(pid) not in {None, "Z"}]


def _state(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def using(folder: Path) -> list[str]:
    """Name the processes, helpers included, whose current directory is inside the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place, name = (process / "cwd").readlink(), (process / "comm").read_text().strip()
        except OSError:
            continue
        if place.is_relative_to(folder) and _state(int(process.name)) != "Z":
            found.append(name)
    return found


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


def client(server: Mongo, user: MongoUser) -> AsyncMongoClient[dict[str, object]]:
    return AsyncMongoClient(server.url(user.name, user.password), serverSelectionTimeoutMS=3000)


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
    listening = await asyncio.create_subprocess_exec("ss", "-ltnHp", stdout=asyncio.subprocess.PIPE)
    lines = (await listening.communicate())[0].decode().splitlines()

    ours = [line for line in lines if any(f"pid={pid}," in line for pid in both.pids.values())]
    assert len(ours) >= len(both.pids)
    assert {line.split()[3].rpartition(":")[0] for line in ours} == {"127.0.0.1"}


async def test_a_database_user_works_in_a_transaction_on_its_own_database(both: Servers) -> None:
    async with client(both.mongo, INTAKE) as mongo:
        async with mongo.start_session() as session, await session.start_transaction():
            await mongo.intake.participants.insert_one({"_id": 1}, session=session)

        assert await mongo.intake.participants.count_documents({}) == 1


async def test_a_database_user_is_refused_on_another_database(both: Servers) -> None:
    async with client(both.mongo, INTAKE) as mongo:
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


async def test_a_port_taken_meanwhile_is_replaced_and_the_data_is_still_there(
    tmp_path: Path,
) -> None:
    first = Mongo(tmp_path / "mongo", [INTAKE])
    async with embedded.running(first), client(first, INTAKE) as mongo:
        await mongo.intake.participants.insert_one({"_id": "kept"})
        port = first.port
    second = Mongo(tmp_path / "mongo", [INTAKE])

    stranger = await asyncio.start_server(lambda _, stream: stream.close(), "127.0.0.1", port)
    async with stranger, embedded.running(second), client(second, INTAKE) as mongo:
        found = await mongo.intake.participants.find_one({})

    assert found == {"_id": "kept"}
    assert second.port != port


async def test_killing_the_parent_leaves_no_process(tmp_path: Path) -> None:
    program = (
        "import asyncio, json, sys\n"
        "from pathlib import Path\n"
        "from deploy import embedded\n"
        "async def run() -> None:\n"
        "    async with embedded.servers(Path(sys.argv[1]), {}) as both:\n"
        "        print(json.dumps(both.pids), flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(run())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pids: dict[str, int] = json.loads(await parent.stdout.readline())
    assert alive(pids) == ["rabbitmq", "mongod"]

    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()

    for _ in range(100):
        if using(tmp_path):
            await asyncio.sleep(0.05)
    assert (alive(pids), using(tmp_path)) == ([], [])


async def test_a_server_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    mongo = Mongo(tmp_path)
    async with embedded.running(mongo):
        os.kill(mongo.pid, signal.SIGKILL)

        assert await embedded.first_to_end(mongo) == "mongod ended with code -9"


async def test_missing_programs_are_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WLC_MONGOD", str(tmp_path / "absent"))

    with pytest.raises(EmbeddedError, match=r"no program; run deploy/setup\.sh"):
        await Mongo(tmp_path).start()
    with pytest.raises(EmbeddedError, match=r"not installed .* run deploy/setup\.sh"):
        await Rabbit(tmp_path, {}, program=tmp_path / "absent").start()


@pytest.mark.parametrize(
    ("queue", "left_out"),
    [
        ({"name": "kept", "vhost": "absent"}, "users or permissions|queue kept"),
        ({"name": "kept", "vhost": "app", "arguments": {"x-queue-type": "absent"}}, "queue kept"),
    ],
)
async def test_definitions_that_the_broker_drops_in_silence_are_an_error(
    tmp_path: Path, queue: dict[str, JsonValue], left_out: str
) -> None:
    queues: list[JsonValue] = [{"durable": True, "auto_delete": False} | queue]
    faulty = {**definitions(BOROUGH), "queues": queues}

    with pytest.raises(EmbeddedError, match=f"left out: {left_out}"):
        async with embedded.running(Rabbit(tmp_path, faulty)):
            pytest.fail("started without a queue")

    assert using(tmp_path) == []


async def test_a_server_that_cannot_start_says_where_to_read_why(tmp_path: Path) -> None:
    mongo = Mongo(tmp_path, program=Path("/bin/false"))

    with pytest.raises(EmbeddedError, match=r"mongod ended with code 1 .* read the end of .*\.log"):
        async with embedded.running(mongo):
            pytest.fail("started without a database")


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EmbeddedError, match="file/mongo cannot be used: Not a directory"):
        async with embedded.running(Mongo(tmp_path / "file" / "mongo")):
            pytest.fail("started in a file")


async def test_secrets_are_readable_by_their_owner_only(both: Servers) -> None:
    files = [*both.rabbit.folder.iterdir(), *both.mongo.folder.iterdir()]

    assert {
        both.rabbit.folder.stat().st_mode & 0o077,
        both.mongo.folder.stat().st_mode & 0o077,
    } == {0}
    assert [file.name for file in files if file.is_file() and file.stat().st_mode & 0o077] == []
