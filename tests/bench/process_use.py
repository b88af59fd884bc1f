"""What a process uses, as the kernel counts it: resident memory and processor time."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 1.0
IDLE_LOOK_SECONDS = 10.0
IDLE_SHARE = 0.1


def resident_mb(pid: int) -> float:
    """Return the resident memory in MB (2^20 bytes)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) / 1024


def cpu_seconds(pid: int) -> float:
    """Return the processor time that all threads have used, by themselves and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


@asynccontextmanager
async def peaks(pids: Mapping[str, int]) -> AsyncIterator[dict[str, float]]:
    """Yield the highest resident memory in MB by name, looked at each second until the end."""
    highest = dict.fromkeys(pids, 0.0)

    def note() -> None:
        for name, pid in pids.items():
            highest[name] = max(highest[name], resident_mb(pid))

    async def look() -> None:
        while True:
            note()
            await asyncio.sleep(LOOK_SECONDS)

    looking = asyncio.create_task(look())
    try:
        yield highest
    finally:
        looking.cancel()
        await asyncio.wait([looking])


async def until_idle(pids: Iterable[int]) -> None:
    """Wait until each process has used next to no processor time for a while."""
    busy = set(pids)
    while busy:
        before = {pid: cpu_seconds(pid) for pid in busy}
        await asyncio.sleep(IDLE_LOOK_SECONDS)
        limit = IDLE_LOOK_SECONDS * IDLE_SHARE
        busy = {pid for pid, used in before.items() if cpu_seconds(pid) - used > limit}
