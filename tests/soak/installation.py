"""The installation under test, by the operator's command, and what an operator may read of it."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from deploy.demo.command import Wlc
from deploy.local.processes import Process
from deploy.local.state import read_run

RESTART_SECONDS = 90.0
LOOK_SECONDS = 0.2


class Installation:
    """A whole system of its own in a folder; it restarts by itself what dies."""

    def __init__(self, folder: Path, named: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._named = named or {}
        self.addresses: dict[str, Any] = {}

    async def up(self, rabbit_url: str | None) -> None:
        """Start everything, on a broker of its own or on the one named."""
        broker = {"WLC_RABBIT_URL": rabbit_url} if rabbit_url else {}
        named = {**self._named, **broker}
        self.addresses = await self.said("up", "--detach", "--json", named=named)

    async def down(self) -> None:
        """Stop everything."""
        await Wlc(self.folder).down()

    def port(self, address: str) -> int:
        """Return the port of one of the addresses."""
        port = urlsplit(str(self.addresses[address])).port
        assert port, address
        return port

    async def status(self) -> dict[str, dict[str, Any]]:
        """Return what `wlc status --json` says, also while not everything is ready."""
        found: dict[str, dict[str, Any]] = await self.said("status", "--json", allowed=(0, 3))
        return found

    async def dead_letters(self) -> list[dict[str, Any]]:
        """Return what could not be handled."""
        found: list[dict[str, Any]] = await self.said("dead-letters", "list", "--json")
        return found

    async def process(self, name: str) -> Process:
        """Return the process of a part, once it runs (again). Raises AssertionError."""
        started = monotonic()
        while monotonic() - started < RESTART_SECONDS:
            run = read_run(self.folder)
            process = run.children.get(name) if run else None
            if process is not None and process.is_alive:
                return process
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"{name} was not started again")

    async def signal(self, name: str, number: signal.Signals) -> None:
        """Signal a part once it runs."""
        (await self.process(name)).send(number)

    @asynccontextmanager
    async def frozen(self, name: str) -> AsyncIterator[None]:
        """Keep a part from doing anything for as long as the context lasts."""
        process = await self.process(name)
        process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send(signal.SIGCONT)

    async def said(
        self,
        *words: str,
        allowed: tuple[int, ...] = (0,),
        named: dict[str, str] | None = None,
    ) -> Any:
        """Run a command and return what it says as JSON."""
        lines: list[bytes] = []
        await Wlc(self.folder, named).run(*words, on_line=lines.append, allowed=allowed)
        return json.loads(b"".join(lines))
