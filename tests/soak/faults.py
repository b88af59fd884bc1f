"""What is broken while the histories are sent: one fault after the other, drawn by the seed."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic

import aio_pika

from deploy.accounts import SERVICES
from shared.topology import REQUEUE, queue
from tests.soak.broker import DISK, MEMORY, Broker
from tests.soak.connections import CONNECT_SECONDS, went_well
from tests.soak.installation import Installation
from tests.soak.network import CUTS, ENDS, Network

SERVERS = {"RabbitMQ": "rabbit_url", "MongoDB": "mongo_url", "intake": "intake_url"}
POISONS = (b"", b"\xff\xfe", b"[" * 50_000, b'{"type": "wlc.match.approved.v1"}', b'{"id": NaN}')
FILL_SECONDS = 120.0
TRY_AGAIN_SECONDS = 1.0
TRY_SECONDS = 300.0

Span = tuple[float, float]
Kind = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, at least and at most: between faults, of a freeze or an alarm, of a cut network.

    `full` is how many messages make a queue long.
    """

    pause: Span = (1.0, 5.0)
    freeze: Span = (5.0, 20.0)
    cut: Span = (5.0, 40.0)
    full: int = 3000


BRIEF = Pace(pause=(0.1, 0.5), freeze=(0.5, 1.5), cut=(1.0, 2.0), full=200)


class Faults:
    """Breaks things; `done` counts each kind, `poison` holds the ids of what is no message."""

    def __init__(
        self, installation: Installation, broker: Broker, network: Network, seed: int, pace: Pace
    ) -> None:
        self._installation = installation
        self._broker = broker
        self._network = network
        self._die = random.Random(seed)  # noqa: S311 - a repeatable die, no secret
        self._pace = pace
        self.done: Counter[str] = Counter()
        self.poison: set[str] = set()
        self.flood = asyncio.Event()
        self.longest_queue = 0
        self.left_out: list[str] = []
        self.now = "nothing yet"

    async def kinds(self) -> dict[str, Kind]:
        """Return every kind that this machine allows; `left_out` names those that it does not."""
        network = self._network
        possible = (
            (await network.can_abort(), self._of_connections()),
            (network.is_own, self._of_network()),
            (await network.can_delay(), self._of_packets()),
        )
        self.left_out = [kind for allowed, kinds in possible if not allowed for kind in kinds]
        return {kind: do for kind, do in self.all_kinds().items() if kind not in self.left_out}

    def all_kinds(self) -> dict[str, Kind]:
        """Return every kind that there is."""
        return {
            **self._of_processes(),
            **self._of_broker(),
            **self._of_connections(),
            **self._of_network(),
            **self._of_packets(),
        }

    def _of_processes(self) -> dict[str, Kind]:
        at = self._installation
        return {
            "kill a service": lambda: at.signal(self._service(), signal.SIGKILL),
            "kill three services": self._kill_three,
            "stop a service": lambda: at.signal(self._service(), signal.SIGTERM),
            "freeze a service": lambda: self._during(at.frozen(self._service())),
            "fill a queue": self._fill,
            "kill MongoDB": lambda: at.signal("mongod", signal.SIGKILL),
            "freeze MongoDB": lambda: self._during(at.frozen("mongod")),
            "kill the mail server": lambda: at.signal("mail", signal.SIGKILL),
        }

    def _of_broker(self) -> dict[str, Kind]:
        memory = ("set_vm_memory_high_watermark", "absolute")
        return {
            "kill RabbitMQ": self._broker.kill,
            "stop RabbitMQ": self._broker.stop,
            "freeze RabbitMQ": lambda: self._during(self._broker.frozen()),
            "memory alarm": partial(self._alarm, memory, "1MB", MEMORY),
            "disk alarm": partial(self._alarm, ("set_disk_free_limit",), "1000000GB", DISK),
            "poison a queue": self._poison,
        }

    def _of_connections(self) -> dict[str, Kind]:
        return {
            "abort connections to RabbitMQ": partial(self._abort, "rabbit_url"),
            "abort connections to MongoDB": partial(self._abort, "mongo_url"),
        }

    def _of_network(self) -> dict[str, Kind]:
        return {
            f"{kind} at {name}": partial(self._cut, kind, address)
            for kind in CUTS
            for name, address in SERVERS.items()
        }

    def _of_packets(self) -> dict[str, Kind]:
        return {"delayed packets": self._delay}

    async def run(self, stopping: asyncio.Event, rounds: int | None) -> None:
        """Inject one after the other, each kind once a round; None: round after round."""
        kinds = await self.kinds()
        while rounds is None or rounds > 0:
            for kind in self._die.sample(list(kinds), len(kinds)):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), self._die.uniform(*self._pace.pause))
                if stopping.is_set():
                    return
                self.now = kind
                await kinds[kind]()
                self.done[kind] += 1
            rounds = None if rounds is None else rounds - 1

    def _service(self) -> str:
        return self._die.choice(SERVICES)

    async def _kill_three(self) -> None:
        for name in self._die.sample(SERVICES, 3):
            await self._installation.signal(name, signal.SIGKILL)

    async def _during(self, fault: AbstractAsyncContextManager[None]) -> None:
        seconds = self._die.uniform(*self._pace.freeze)
        async with fault:
            await asyncio.sleep(seconds)

    async def _cut(self, kind: str, address: str) -> None:
        """Cut a server off, in both directions or in one."""
        least, most = self._pace.cut
        seconds = self._die.triangular(least, most, least)
        ends = self._die.choice((ENDS, ENDS, ENDS[:1], ENDS[1:]))
        async with self._network.cut(kind, self._installation.port(address), ends):
            await asyncio.sleep(seconds)

    async def _delay(self) -> None:
        await self._during(self._network.delayed())

    async def _abort(self, address: str) -> None:
        await _until(partial(self._network.abort, self._installation.port(address)))

    async def _fill(self) -> None:
        """Freeze a service while many histories are sent at once, until its queue is long.

        On a slow machine it may not become long in time: the report says how long it became.
        """
        name = self._die.choice(SERVICES[1:])
        ends = monotonic() + FILL_SECONDS
        async with self._installation.frozen(name):
            self.flood.set()
            try:
                while await self._length(name) < self._pace.full and monotonic() < ends:
                    await asyncio.sleep(TRY_AGAIN_SECONDS)
            finally:
                self.flood.clear()

    async def _length(self, service: str) -> int:
        found = await self._installation.status()
        length = found[service]["queue_depth"] or 0
        self.longest_queue = max(self.longest_queue, length)
        return int(length)

    async def _alarm(self, setting: tuple[str, ...], raised: str, cleared: str) -> None:
        """Have the broker block whoever publishes, as when memory or disk run out."""
        await _until(partial(self._controls, *setting, raised))
        try:
            await asyncio.sleep(self._die.uniform(*self._pace.freeze))
        finally:
            await _until(partial(self._controls, *setting, cleared))

    async def _controls(self, *words: str) -> bool:
        return await self._broker.control(*words) is not None

    async def _poison(self) -> None:
        """Put messages that are none into a service's queue, as only an operator may."""
        service = self._service()
        for number, body in enumerate(POISONS):
            poison_id = f"poison-{self.done['poison a queue']}-{number}"
            message = aio_pika.Message(body, message_id=poison_id)
            await _until(partial(self._is_taken, message, service))
            self.poison.add(poison_id)

    async def _is_taken(self, message: aio_pika.Message, service: str) -> bool:
        return await went_well(self._put(message, service), 2 * CONNECT_SECONDS)

    async def _put(self, message: aio_pika.Message, service: str) -> None:
        url = self._installation.addresses["rabbit_url"]
        async with await aio_pika.connect(url, timeout=CONNECT_SECONDS) as connection:
            channel = await connection.channel(on_return_raises=True)
            requeue = await channel.get_exchange(REQUEUE, ensure=False)
            await requeue.publish(message, queue(service))


async def _until(succeeds: Callable[[], Awaitable[bool]]) -> None:
    """Try again until it is done: what it is done to may be starting. Raises TimeoutError."""
    async with asyncio.timeout(TRY_SECONDS):
        while not await succeeds():
            await asyncio.sleep(TRY_AGAIN_SECONDS)
