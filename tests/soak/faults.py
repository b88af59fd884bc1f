"""What is broken while the histories are sent: one fault after the other, drawn by the seed."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import aio_pika
from aiormq.exceptions import AMQPError

from tests.soak.installation import Installation

SERVICES = ("intake", "matching", "scheduling", "notification", "console")
FREEZE_SECONDS = (5.0, 20.0)
PAUSE_SECONDS = (4.0, 12.0)
POISONS = (b"", b"\xff\xfe", b"[" * 50_000, b'{"type": "wlc.match.approved.v1"}', b'{"id": NaN}')


class Faults:
    """Breaks things until told to stop; `done` counts each kind."""

    def __init__(self, installation: Installation, seed: int) -> None:
        self._installation = installation
        self._die = random.Random(seed)  # noqa: S311 - a repeatable die, no secret
        self.done: Counter[str] = Counter()
        self.poisoned = self.poison_tried = 0
        self._kinds: dict[str, Callable[[], Awaitable[bool]]] = {
            "kill a service": lambda: self._signal(self._service(), signal.SIGKILL),
            "kill three services": self._kill_three,
            "stop a service": lambda: self._signal(self._service(), signal.SIGTERM),
            "freeze a service": lambda: self._freeze(self._service()),
            "kill RabbitMQ": lambda: self._signal("rabbitmq", signal.SIGKILL),
            "freeze RabbitMQ": lambda: self._freeze("rabbitmq"),
            "kill MongoDB": lambda: self._signal("mongod", signal.SIGKILL),
            "freeze MongoDB": lambda: self._freeze("mongod"),
            "kill the mail server": lambda: self._signal("mail", signal.SIGKILL),
            "cut connections to RabbitMQ": lambda: self._cut("rabbit_url"),
            "cut connections to MongoDB": lambda: self._cut("mongo_url"),
            "poison a queue": self._poison,
        }

    async def run(self, stopping: asyncio.Event) -> None:
        """Inject one after the other; each kind comes once before any comes again."""
        while True:
            for kind in self._die.sample(list(self._kinds), len(self._kinds)):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), self._die.uniform(*PAUSE_SECONDS))
                if stopping.is_set():
                    return
                if await self._kinds[kind]():
                    self.done[kind] += 1

    def _service(self) -> str:
        return self._die.choice(SERVICES)

    async def _kill_three(self) -> bool:
        chosen = self._die.sample(SERVICES, 3)
        return all([await self._signal(name, signal.SIGKILL) for name in chosen])

    async def _signal(self, name: str, number: signal.Signals) -> bool:
        try:
            os.kill(self._installation.pids()[name], number)
        except (ProcessLookupError, KeyError):
            return False
        return True

    async def _freeze(self, name: str) -> bool:
        pid = self._installation.pids().get(name)
        if pid is None or not await self._signal(name, signal.SIGSTOP):
            return False
        try:
            await asyncio.sleep(self._die.uniform(*FREEZE_SECONDS))
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        return True

    async def _cut(self, address: str) -> bool:
        """Have the kernel abort every connection to a server, on both ends."""
        port = urlsplit(self._installation.addresses[address]).port
        cut = ("ss", "-K", "-t", "state", "established", "dport", "=", str(port))
        process = await asyncio.create_subprocess_exec(*cut, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        return len(out.splitlines()) > 1

    async def _poison(self) -> bool:
        """Put messages that are none into a service's queue, as only an operator may."""
        queue = f"{self._service()}.in.v1"
        try:
            connection = await aio_pika.connect(
                self._installation.addresses["rabbit_url"], timeout=5
            )
            async with connection, asyncio.timeout(10):
                channel = await connection.channel()
                requeue = await channel.get_exchange("requeue", ensure=False)
                for body in POISONS:
                    self.poison_tried += 1
                    await requeue.publish(aio_pika.Message(body), queue)
                    self.poisoned += 1
        except (AMQPError, RuntimeError, OSError, TimeoutError):
            return False
        return True
