"""`make bench`: print each figure beside its reference, all of them or some (`--only`)."""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import (
    at_size,
    console,
    declining,
    fairness,
    flood,
    latency,
    mailing,
    match_time,
    planning,
    reminders,
    replicas,
    sealing,
    throughput,
)
from tests.bench.console import Load
from tests.bench.console_data import Amount
from tests.servers import TestServers, started

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything: messages, rounds, hops, people, a flood, reminders, visitors."""

    messages: int
    rounds: int
    idle_hops: int
    loaded_hops: int
    pools: tuple[int, ...]
    flood: Mapping[str, int]
    full: bool
    hub: int
    reminders: int
    declines: int
    mails: int
    hubs: Amount
    visitors: Load


FULL = Size(
    10_000,
    3,
    500,
    2_000,
    (10_000, 100_000),
    {"amqp": 100_000, "http": 20_000},
    full=True,
    hub=1_000_000,
    reminders=100_000,
    declines=60,
    mails=10_000,
    hubs=Amount(people=50_000, matches=1_000),
    visitors=Load(per_second=50, seconds=30),
)
QUICK = Size(
    2_000,
    1,
    100,
    400,
    (2_000,),
    {"amqp": 2_000, "http": 1_000},
    full=False,
    hub=20_000,
    reminders=2_000,
    declines=10,
    mails=1_000,
    hubs=Amount(people=2_000, matches=100),
    visitors=Load(per_second=20, seconds=5),
)


async def _throughput(servers: TestServers, size: Size) -> Tables:
    return {"delivery": await throughput.measure(servers, size.messages, size.rounds)}


async def _replicas(servers: TestServers, size: Size) -> Tables:
    return {"replicas": await replicas.measure(servers, size.messages, size.rounds)}


async def _latency(servers: TestServers, size: Size) -> Tables:
    return {"one_hop": await latency.measure(servers, size.idle_hops, size.loaded_hops)}


async def _match_time(servers: TestServers, size: Size) -> Tables:
    found = [await match_time.measure(servers, pool) for pool in size.pools]
    return {"engagement_to_match": found}


async def _flood(_servers: TestServers, size: Size) -> Tables:
    return await flood.measure(size.flood)


async def _at_size(servers: TestServers, size: Size) -> Tables:
    return await at_size.measure(servers, size.hub)


async def _reminders(servers: TestServers, size: Size) -> Tables:
    return {"reminders": await reminders.measure(servers, size.reminders)}


async def _mailing(servers: TestServers, size: Size) -> Tables:
    return {"mailing": await mailing.measure(servers, size.mails)}


async def _sealing(servers: TestServers, size: Size) -> Tables:
    return {"sealing": await sealing.measure(servers, size.messages, size.rounds)}


async def _console(servers: TestServers, size: Size) -> Tables:
    return {"pages_of_the_console": await console.measure(servers, size.hubs, size.visitors)}


async def _planning(servers: TestServers, size: Size) -> Tables:
    plans = await asyncio.to_thread(planning.measure)
    return {"plan_of_a_hub": plans, "a_decline": await declining.measure(servers, size.declines)}


async def _fairness(_servers: TestServers, size: Size) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        return await asyncio.to_thread(fairness.measure, Path(folder), full=size.full)


MEASURES: Mapping[str, Callable[[TestServers, Size], Awaitable[Tables]]] = {
    "throughput": _throughput,
    "replicas": _replicas,
    "latency": _latency,
    "match_time": _match_time,
    "at_size": _at_size,
    "reminders": _reminders,
    "mailing": _mailing,
    "sealing": _sealing,
    "console": _console,
    "planning": _planning,
    "fairness": _fairness,
    "flood": _flood,
}


async def run(names: list[str], size: Size) -> Tables:
    """Measure what is named, one after the other, on private servers."""
    found: Tables = {}
    with tempfile.TemporaryDirectory() as folder:
        async with started(Path(folder)) as servers:
            for name in names:
                found |= await MEASURES[name](servers, size)
    return found


def show(tables: Tables) -> None:
    """Print a table for each measure, a column for each figure."""
    printer = Console()
    for title, rows in tables.items():
        table = Table(*(name.replace("_", " ") for name in rows[0]), title=title.replace("_", " "))
        for row in rows:
            table.add_row(*map(str, row.values()))
        printer.print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="a small version of each")
    parser.add_argument("--only", type=_names, default=[*MEASURES], help=", ".join(MEASURES))
    asked = parser.parse_args()
    figures = asyncio.run(run(asked.only, QUICK if asked.quick else FULL))
    if asked.json:
        print(json.dumps(figures))
    else:
        show(figures)


def _names(text: str) -> list[str]:
    names = text.split(",")
    if strange := [name for name in names if name not in MEASURES]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(strange)}")
    return names


if __name__ == "__main__":
    main()
