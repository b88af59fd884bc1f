"""Memory, rate and processor time of every service while intake is flooded with people who join.

The whole system by `wlc up`. One flood comes by AMQP as fast as the broker confirms, then one by
HTTP in batches; each lasts until intake has handled all and nothing is under way anywhere.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from deploy.accounts import SERVICES
from deploy.demo.seen import Health
from tests.bench.flooding import DOORS, Door, Submission, people
from tests.bench.process_use import cpu_seconds, peaks, resident_mb, until_idle
from tests.soak.installation import Installation

LOOK_SECONDS = 0.5
TOLD_EVERY = 20
QUIET_LOOK_SECONDS = 3.0
LONGEST_SECONDS = 3600.0

Row = dict[str, Any]


async def measure(sizes: Mapping[str, int]) -> dict[str, list[Row]]:
    """Return rates by flood, and by flood and service MB idle, at the peak and grown, and CPU.

    `sizes` says how many submissions come by each door.
    """
    with tempfile.TemporaryDirectory(prefix="wlc-bench-") as folder:
        installation = Installation(Path(folder))
        await installation.up(None)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await _measure(installation, sizes)
        finally:
            await installation.down()


async def _measure(installation: Installation, sizes: Mapping[str, int]) -> dict[str, list[Row]]:
    pids = {name: (await installation.process(name)).pid for name in SERVICES}
    await until_idle(pids.values())
    idle = {name: resident_mb(pid) for name, pid in pids.items()}
    rates, services = [], []
    everybody = people()
    for name, size in sizes.items():
        used = {service: cpu_seconds(pid) for service, pid in pids.items()}
        async with peaks(pids) as peak, DOORS[name](installation.addresses) as door:
            rates.append({"flood": name, **await _flood(installation, door, everybody, size)})
        services += [
            {
                "flood": name,
                "service": service,
                "idle_mb": round(idle[service]),
                "peak_mb": round(peak[service]),
                "grown_mb": round(peak[service] - idle[service]),
                "cpu_ms_per_submission": round((cpu_seconds(pid) - used[service]) / size * 1000, 2),
            }
            for service, pid in pids.items()
        ]
    return {"flood": rates, "flood_services": services}


async def _flood(
    installation: Installation, door: Door, everybody: Iterator[Submission], size: int
) -> Row:
    """Send so many, and wait until all is handled; rates are those of intake."""
    mongo: AsyncIOMotorClient[Row] = AsyncIOMotorClient(installation.addresses["mongo_url"])
    handled = mongo["intake"]["submissions"].estimated_document_count
    before, started, looks = await handled(), perf_counter(), count()
    sending = asyncio.create_task(door.send(everybody, size))
    while (done := await handled() - before) < size:
        if sending.done():
            sending.result()
        if next(looks) % TOLD_EVERY == 0:
            _tell(f"{done} of {size} handled after {perf_counter() - started:.0f} s")
        await asyncio.sleep(LOOK_SECONDS)
    seconds = perf_counter() - started
    sent_in = await sending
    mongo.close()
    while not await _is_quiet(installation):
        await asyncio.sleep(QUIET_LOOK_SECONDS)
    return {
        "submissions": size,
        "taken_per_second": round(size / sent_in),
        "handled_per_second": round(size / seconds),
        "seconds_until_quiet": round(perf_counter() - started),
    }


async def _is_quiet(installation: Installation) -> bool:
    found = await installation.status()
    _tell(", ".join(f"{name} {one['queue_depth']}" for name, one in found.items()))
    return all(Health.model_validate(one).is_idle for one in found.values())


def _tell(line: str) -> None:
    print(line, file=sys.stderr)
