"""A network of the run's own, and the cuts in it: nothing is put into that of the machine."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.ports import LOOPBACK
from tests.soak.programs import said

ENTRIES = (("unshare", "--net"), ("unshare", "--user", "--map-root-user", "--net"))
LOOPBACK_UP = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh")
END_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM")
NAMED = "/usr/bin/env"
TABLE = "table inet soak {{\nchain cut {{\ntype filter hook input priority 0\n{rules}\n}}\n}}\n"
DELAY = ("dev", "lo", "root", "netem", "delay", "200ms")
CUTS = {
    "black hole": "drop",
    "reset": "tcp flags & rst != rst reject with tcp reset",
    "lost packets": "numgen random mod 4 == 0 drop",
}
ENDS = ("dport", "sport")


@dataclass(frozen=True, slots=True)
class Entry:
    """The words before a program that is to run in a network, and the container that has it.

    It is not new where the machine gives none: then it is the machine's own.
    """

    words: tuple[str, ...]
    container: str = ""
    is_new: bool = True


@contextmanager
def network(image: str | None) -> Iterator[Entry]:
    """Offer that of a container of the image; without one a new one, else the machine's."""
    if image is None:
        words = _new_network()
        yield Entry((*words, *END_WITH_PARENT), is_new=bool(words))
        return
    name = f"wlc-soak-network-{os.getpid()}"
    place = ("--rm", "--name", name, "--network", "none", "--entrypoint", "sleep")
    _output("docker", "run", "--detach", *place, image, "infinity")
    try:
        pid = _output("docker", "inspect", "--format", "{{.State.Pid}}", name)
        entry = ("nsenter", f"--net=/proc/{pid}/ns/net", *LOOPBACK_UP, *END_WITH_PARENT)
        yield Entry(entry, name)
    finally:
        _output("docker", "rm", "--force", name)


def _new_network() -> tuple[str, ...]:
    for entry in ENTRIES:
        words = (*entry, *LOOPBACK_UP)
        tried = subprocess.run(  # noqa: S603 - our own words
            [NAMED, *words, "nft", "list", "ruleset"], capture_output=True, check=False
        )
        if tried.returncode == 0:
            return words
    return ()


def _output(*words: str) -> str:
    ended = subprocess.run([NAMED, *words], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return ended.stdout.strip()


def network_here() -> str:
    """Name the network that this process is in."""
    return str(Path("/proc/self/ns/net").readlink())


class Network:
    """The network that the run is in; `outside` is that of the machine."""

    def __init__(self, outside: str) -> None:
        self.is_own = network_here() != outside

    @asynccontextmanager
    async def cut(self, kind: str, port: int, ends: Sequence[str]) -> AsyncIterator[None]:
        """Cut what goes to a port (`dport`) or comes from it (`sport`) while the context lasts."""
        assert self.is_own, "no rule is put into the network of the machine"
        rules = "\n".join(f"tcp {end} {port} {CUTS[kind]}" for end in ends)
        assert await said("nft", "-f", "-", typed=TABLE.format(rules=rules)) is not None, rules
        try:
            yield
        finally:
            assert await said("nft", "delete", "table", "inet", "soak") is not None

    async def abort(self, port: int) -> bool:
        """Have the kernel abort every connection to a port, on both ends; tell whether it did."""
        out = await said("ss", "-K", "-t", "state", "established", "dport", "=", str(port))
        return out is not None and len(out.splitlines()) > 1

    async def can_abort(self) -> bool:
        """Tell whether the kernel aborts connections for us."""
        server = await asyncio.start_server(lambda *_: None, LOOPBACK, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            _, writer = await asyncio.open_connection(LOOPBACK, port)
            aborts = await self.abort(port)
            writer.transport.abort()
        return aborts

    async def can_delay(self) -> bool:
        """Tell whether the kernel can hold packets back."""
        if not self.is_own or await said("tc", "qdisc", "add", *DELAY) is None:
            return False
        return await said("tc", "qdisc", "del", *DELAY[:3]) is not None

    @asynccontextmanager
    async def delayed(self) -> AsyncIterator[None]:
        """Hold every packet back for 200 ms while the context lasts."""
        assert self.is_own, "nothing is held back in the network of the machine"
        assert await said("tc", "qdisc", "add", *DELAY) is not None
        try:
            yield
        finally:
            assert await said("tc", "qdisc", "del", *DELAY[:3]) is not None
