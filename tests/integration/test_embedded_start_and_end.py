"""How the private RabbitMQ and MongoDB start, fail to start, and end."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from pydantic import JsonValue

from deploy import embedded
from deploy.accounts import broker_definitions
from deploy.embedded import EmbeddedError, Mongo, Rabbit
from deploy.embedded.definitions import Definitions
from deploy.embedded.probe import serves
from tests.builders.embedded import BOROUGH, INTAKE, alive, client, definitions, using
from tests.servers import TestServers

EXCHANGE_DECLARE = b"\x00\x28\x00\x0a"
READ_BYTES = 1 << 16
CHECKOUT = Path(__file__).parents[2]


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


async def test_a_broker_lost_while_it_is_looked_at_is_not_ready_yet(servers: TestServers) -> None:
    """The connection goes when the first exchange is asked for."""
    url = urlsplit(servers.rabbit["operator"])
    expected = Definitions.model_validate(broker_definitions(servers.secrets))

    async def to_broker(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        from_broker, broker = await asyncio.open_connection(url.hostname, url.port)
        answers = asyncio.ensure_future(pass_on(from_broker, back))
        while EXCHANGE_DECLARE not in (sent := await client.read(READ_BYTES)) and sent:
            broker.write(sent)
        answers.cancel()
        broker.close()
        back.transport.abort()

    async with await asyncio.start_server(to_broker, "127.0.0.1", 0) as between:
        port = between.sockets[0].getsockname()[1]
        netloc = f"{url.username}:{url.password}@127.0.0.1:{port}"
        looked_at = await serves(urlunsplit(url._replace(netloc=netloc)), expected)

    assert not looked_at
    assert await serves(servers.rabbit["operator"], expected)


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while answer := await reader.read(READ_BYTES):
        writer.write(answer)
