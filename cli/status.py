"""`wlc status`: how each service is, and what waits for it."""

from dataclasses import asdict, dataclass
from typing import Any

import httpx
import typer
from aio_pika.abc import AbstractChannel

from cli.broker import Depths, ask, depths
from cli.errors import UNREACHABLE, WRONG_USAGE, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.terminal import JsonOption, show_json, show_table
from cli.trust import trusted
from deploy.accounts import SERVICES
from shared.topology import dead_letter_queue, queue, wait_queues

PROBE_SECONDS = 5.0
COUNTS = ("queue", "retrying", "dead letters", "outbox")
HEADINGS = ("service", "pid", "ready", *COUNTS, "reasons")


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service; what is None could not be found out."""

    pid: int | None
    live: bool
    ready: bool
    reasons: tuple[str, ...]
    queue_depth: int | None
    retrying: int | None
    dead_letters: int | None
    outbox: int | None
    failed_work: int | None
    work_tried_often: int | None
    missing_indexes: tuple[str, ...]
    last_sweep: str | None = None


def status(*, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER) -> None:
    """Show how each service is; ends with 3 when one is not ready.

    Example: `wlc status --json | jq '.matching.queue_depth'`
    """
    found = statuses(Places(data))
    if as_json:
        show_json({name: asdict(one) for name, one in found.items()})
    else:
        show_table("services", HEADINGS, (_row(name, one) for name, one in found.items()))
    if not all(one.ready for one in found.values()):
        raise typer.Exit(UNREACHABLE)


def statuses(places: Places) -> dict[str, ServiceStatus]:
    """Ask every service and the broker."""
    urls, pids = places.service_urls(), places.run.pids if places.run else {}
    if not urls:
        places.intake_url()
    waiting = _depths(places)
    return {name: _status(urls.get(name), pids.get(name), name, waiting) for name in SERVICES}


def _status(url: str | None, pid: int | None, name: str, waiting: Depths) -> ServiceStatus:
    health = _health(url)
    reasons = tuple(health.get("reasons") or ())
    return ServiceStatus(
        pid=pid,
        live="ready" in health,
        ready=bool(health.get("ready")),
        reasons=reasons,
        queue_depth=waiting.get(queue(name)),
        retrying=_retrying(name, waiting),
        dead_letters=waiting.get(dead_letter_queue(name)),
        outbox=health.get("outbox"),
        failed_work=health.get("failed_work"),
        work_tried_often=health.get("work_tried_often"),
        missing_indexes=tuple(health.get("missing_indexes") or ()),
        last_sweep=health.get("last_sweep"),
    )


def _retrying(name: str, waiting: Depths) -> int | None:
    found = [waiting.get(each) for each in wait_queues(name)]
    known = [depth for depth in found if depth is not None]
    return sum(known) if known else None


def _health(url: str | None) -> dict[str, Any]:
    if url is None:
        return {"reasons": ["its address is not known"]}
    try:
        with httpx.Client(timeout=PROBE_SECONDS, trust_env=False, verify=trusted()) as client:
            found = client.get(f"{url}/health/ready").json()
    except (httpx.TransportError, ValueError):
        return {"reasons": ["it does not answer"]}
    return found if isinstance(found, dict) else {"reasons": ["it answers nonsense"]}


def _depths(places: Places) -> Depths:
    names = [each(name) for name in SERVICES for each in (queue, dead_letter_queue)]
    names += [each for name in SERVICES for each in wait_queues(name)]

    async def counted(channel: AbstractChannel) -> Depths:
        return await depths(channel, names)

    try:
        return ask(places.rabbit_url(), counted)
    except CommandError as error:
        if error.exit_code == WRONG_USAGE:
            raise
        return {}


def _row(name: str, one: ServiceStatus) -> tuple[object, ...]:
    ready = "yes" if one.ready else "no"
    reasons = "; ".join(one.reasons)
    counts = (one.queue_depth, one.retrying, one.dead_letters, one.outbox)
    return name, one.pid, ready, *counts, reasons
