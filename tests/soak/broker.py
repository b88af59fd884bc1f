"""The broker under test: the one that `wlc up` starts, or a container of an image."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

from deploy.accounts import Secrets, broker_definitions
from tests.soak.installation import Installation
from tests.soak.programs import said

PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmqctl"
SERVER = 'PATH="/usr/lib/rabbitmq/bin:$PATH" exec rabbitmq-server'
START_SECONDS = 120.0
LOOK_SECONDS = 0.5
DOWN_SECONDS = 2.0
MEMORY, DISK = "1GB", "256MB"
CONFIGURATION = f"""\
listeners.tcp.local = 127.0.0.1:5672
load_definitions = /etc/rabbitmq/definitions.json
max_message_size = 1048576
vm_memory_high_watermark.absolute = {MEMORY}
disk_free_limit.absolute = {DISK}
log.console.level = warning
"""


class Broker(Protocol):
    """What is done to a broker."""

    @property
    def url(self) -> str | None:
        """Where it is, without an account; None for the one that `wlc up` starts."""
        ...

    async def kill(self) -> None:
        """End it at once; it starts again."""
        ...

    async def stop(self) -> None:
        """Ask it to end; it starts again."""
        ...

    def frozen(self) -> AbstractAsyncContextManager[None]:
        """Keep it from doing anything."""
        ...

    async def control(self, *words: str) -> str | None:
        """Return what `rabbitmqctl` prints; None when it cannot."""
        ...


class EmbeddedBroker:
    """The broker that `wlc up` starts, and starts again."""

    url = None

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def kill(self) -> None:
        await self._installation.signal("rabbitmq", signal.SIGKILL)

    async def stop(self) -> None:
        await self._installation.signal("rabbitmq", signal.SIGTERM)

    def frozen(self) -> AbstractAsyncContextManager[None]:
        return self._installation.frozen("rabbitmq")

    async def control(self, *words: str) -> str | None:
        process = await self._installation.process("rabbitmq")
        try:
            found = Path(f"/proc/{process.pid}/environ").read_bytes().decode().split("\0")
        except OSError:
            return None
        environment = dict(entry.split("=", 1) for entry in found if "=" in entry)
        return await said(PROGRAM, "--quiet", *words, environment=environment)


class ContainerBroker:
    """A broker of an image, in the network of the container that holds it."""

    url = "amqp://127.0.0.1:5672"

    def __init__(self, name: str) -> None:
        self._name = name

    async def kill(self) -> None:
        await self._docker("kill", self._name)
        await asyncio.sleep(DOWN_SECONDS)
        await self._docker("start", self._name)

    async def stop(self) -> None:
        await self._docker("restart", self._name)

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        await self._docker("pause", self._name)
        try:
            yield
        finally:
            await self._docker("unpause", self._name)

    async def control(self, *words: str) -> str | None:
        return await said("docker", "exec", self._name, "rabbitmqctl", "--quiet", *words)

    @staticmethod
    async def _docker(*words: str) -> None:
        assert await said("docker", *words) is not None, words


@asynccontextmanager
async def in_container(
    image: str, holder: str, installation: Installation
) -> AsyncIterator[Broker]:
    """Run a broker of the image with the accounts that the installation will use."""
    name = f"wlc-soak-broker-{os.getpid()}"
    try:
        await _make(name, image, holder, installation.folder)
        broker = ContainerBroker(name)
        async with asyncio.timeout(START_SECONDS):
            while await broker.control("await_startup") is None:
                await asyncio.sleep(LOOK_SECONDS)
        yield broker
    finally:
        await said("docker", "rm", "--force", "--volumes", name)


async def _make(name: str, image: str, holder: str, folder: Path) -> None:
    files = folder / "broker"
    files.mkdir(parents=True)
    secrets = Secrets.kept_in(folder / "secrets.json")
    (files / "rabbitmq.conf").write_text(CONFIGURATION)
    (files / "definitions.json").write_text(json.dumps(broker_definitions(secrets)))
    node = ("--env", "RABBITMQ_NODENAME=rabbit@localhost", "--env", "RABBITMQ_LOGS=-")
    logs = ("--env", "RABBITMQ_LOG_BASE=/tmp/log")
    place = ("--name", name, "--network", f"container:{holder}", "--user", "rabbitmq")
    made = await said(
        "docker", "create", *place, *node, *logs, "--entrypoint", "sh", image, "-ec", SERVER
    )
    assert made is not None, f"no container can be made of {image}"
    for words in (("cp", f"{files}/.", f"{name}:/etc/rabbitmq/"), ("start", name)):
        assert await said("docker", *words) is not None, words
