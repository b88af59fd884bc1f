"""Private servers that a test may freeze, kill, bring back and put under alarm."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from deploy.embedded import Servers
from shared import topology
from tests.servers import TestServers

CONTROL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
ALARMS = {
    "memory": (("set_vm_memory_high_watermark", "0"), ("set_vm_memory_high_watermark", "0.6")),
    "disk": (("set_disk_free_limit", "900000GB"), ("set_disk_free_limit", "256MB")),
}


class Breakable:
    """One RabbitMQ and one MongoDB; what is broken in a context is whole again after it."""

    def __init__(self, running: Servers, servers: TestServers) -> None:
        self._running = running
        self.servers = servers

    @property
    def rabbit_port(self) -> int:
        return self._running.rabbit.port

    @property
    def mongo_port(self) -> int:
        return self._running.mongo.port

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Let a server answer nothing, with its connections left standing."""
        pid = self._running.pids[name]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @asynccontextmanager
    async def killed(self, name: str) -> AsyncIterator[None]:
        """Kill a server; bring it back on the same folder and port."""
        server = self._running.rabbit if name == "rabbitmq" else self._running.mongo
        os.kill(server.pid, signal.SIGKILL)
        await server.stop()
        try:
            yield
        finally:
            await server.start()

    @asynccontextmanager
    async def alarm(self, kind: str) -> AsyncIterator[None]:
        """Let the broker block whoever publishes."""
        on, off = ALARMS[kind]
        await self.control(*on)
        try:
            yield
        finally:
            await self.control(*off)

    @asynccontextmanager
    async def full(self, queue: str, *, length: int) -> AsyncIterator[None]:
        """Let the broker refuse what would make a queue longer."""
        policy = json.dumps({"max-length": length})
        where = ("-p", topology.VHOST)
        await self.control("set_policy", *where, "full", f"^{queue}$", policy)
        try:
            yield
        finally:
            await self.control("clear_policy", *where, "full")

    async def channels(self) -> dict[str, list[int]]:
        """Return how many channels each connection has, by the account that opened it."""
        found: dict[str, list[int]] = {}
        printed = await self.control("list_connections", "--formatter", "json", "user", "channels")
        connections: list[dict[str, Any]] = json.loads(printed)
        for each in connections:
            found.setdefault(each["user"], []).append(each["channels"])
        return {user: sorted(channels) for user, channels in found.items()}

    async def control(self, *words: str) -> str:
        """Run a command of the broker's own tool."""
        process = await asyncio.create_subprocess_exec(
            CONTROL,
            "--quiet",
            *words,
            env=self._running.rabbit._environment(),
            cwd=self._running.rabbit.folder,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0
        return printed.decode()
