"""One service is killed in the middle of its work, and must come back by itself."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass

import httpx

from deploy.demo.command import Wlc
from deploy.demo.errors import DemoError
from deploy.demo.seen import Addresses
from deploy.demo.telling import POLL_SECONDS, Teller, until

BACK_SECONDS = 60.0


@dataclass
class Accident:
    """Kills `victim` once `due` is set, without warning."""

    victim: str
    due: asyncio.Event
    teller: Teller

    async def happen(self, wlc: Wlc, addresses: Addresses) -> float:
        """Wait, kill, and return after how many seconds the service was ready again."""
        await self.due.wait()
        pid = addresses.pids[self.victim]
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        self.teller.say(f"{self.victim} (process {pid}) was killed in the middle of its work")
        await until(
            lambda: _is_ready(addresses.services[self.victim], began),
            f"{self.victim} ready again after it was killed",
            within_seconds=BACK_SECONDS,
        )
        seconds = time.monotonic() - began
        now = (await wlc.status())[self.victim].pid
        if now == pid:
            raise DemoError(f"{self.victim} is still process {pid}, which was killed")
        self.teller.say(f"{self.victim} is back as process {now} after {seconds:.1f} s")
        return seconds


async def _is_ready(url: str, since: float) -> bool | None:
    if time.monotonic() - since < POLL_SECONDS:
        return None
    try:
        async with httpx.AsyncClient(timeout=BACK_SECONDS, trust_env=False) as client:
            return (await client.get(f"{url}/health/ready")).is_success or None
    except httpx.TransportError:
        return None
