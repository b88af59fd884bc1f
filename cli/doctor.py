"""`wlc doctor`: checks what an installation rests on, and says what to do about what is wrong."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import typer
from aio_pika.abc import AbstractChannel
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from cli.broker import Depths, ask, depths
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.status import statuses
from cli.terminal import JsonOption, show, show_json
from deploy.accounts import SERVICES
from shared.topology import dead_letter_queue, queue

NEEDED_MB = 1024
CLOCK_SECONDS = 5.0
MONGO_MILLISECONDS = 3000
"""How long to wait for MongoDB."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and found; `exit_code` other than 0 says how bad it is."""

    name: str
    sentence: str
    exit_code: int = 0


def doctor(*, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER) -> None:
    """Check servers, queues, disk, clock and services, and say what to do.

    Ends with 3 when something needed is away, with 1 when something needs attention.

    Example: `wlc doctor`
    """
    checks = list(run_checks(Places(data), data))
    if as_json:
        show_json([{"check": c.name, "well": not c.exit_code, "says": c.sentence} for c in checks])
    else:
        for check in checks:
            mark, style = ("ill ", "red") if check.exit_code else ("well", "green")
            show(f"{mark}  {check.name}: {check.sentence}", style)
    codes = {check.exit_code for check in checks}
    raise typer.Exit(UNREACHABLE if UNREACHABLE in codes else max(codes))


def run_checks(places: Places, folder: Path) -> Iterator[Check]:
    """Make all checks; none of them changes anything."""
    yield _disk(folder)
    yield _broker(places)
    yield _database(places)
    yield from _services(places)
    yield _clock(places)


def _disk(folder: Path) -> Check:
    nearest = next(
        path for path in (folder.absolute(), *folder.absolute().parents) if path.exists()
    )
    free = shutil.disk_usage(nearest).free >> 20
    if free < NEEDED_MB:
        return Check("disk", f"{free} MB are free; make room for {NEEDED_MB} MB.", REFUSED)
    return Check("disk", f"{free} MB are free.")


def _broker(places: Places) -> Check:
    names = [each(name) for name in SERVICES for each in (queue, dead_letter_queue)]

    async def counted(channel: AbstractChannel) -> Depths:
        return await depths(channel, names)

    try:
        found = ask(places.rabbit_url(), counted)
    except CommandError as error:
        return Check("RabbitMQ", error.sentence, error.exit_code)
    missing = [name for name, depth in found.items() if depth is None]
    if missing:
        sentence = f"queues are missing: {', '.join(missing)}; load the definitions again."
        return Check("RabbitMQ", sentence, REFUSED)
    dead = sum(found[dead_letter_queue(name)] or 0 for name in SERVICES)
    if dead:
        sentence = f"{dead} dead letters; `wlc dead-letters list` shows why."
        return Check("RabbitMQ", sentence, REFUSED)
    return Check("RabbitMQ", f"the operator signs in, all {len(found)} queues are there.")


def _database(places: Places) -> Check:
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(
            places.mongo_url(), serverSelectionTimeoutMS=MONGO_MILLISECONDS
        )
        with client:
            hello = client.admin.command("hello")
    except CommandError as error:
        return Check("MongoDB", error.sentence, error.exit_code)
    except OperationFailure:
        return Check("MongoDB", "it refuses the operator's account; check its URL.", REFUSED)
    except PyMongoError:
        return Check("MongoDB", "it cannot be reached; `wlc up` starts it.", UNREACHABLE)
    if "setName" not in hello:
        sentence = "it is no replica set, which transactions need; start it with --replSet."
        return Check("MongoDB", sentence, REFUSED)
    if not hello.get("isWritablePrimary"):
        return Check("MongoDB", "the replica set has no primary; read its log.", UNREACHABLE)
    return Check("MongoDB", f"the replica set {hello['setName']} has a primary.")


def _services(places: Places) -> Iterator[Check]:
    try:
        found = statuses(places)
    except CommandError as error:
        yield Check("services", error.sentence, error.exit_code)
        return
    for name, one in found.items():
        if not one.ready:
            sentence = f"it is not ready: {'; '.join(one.reasons)}; read its log."
            yield Check(name, sentence, UNREACHABLE)
        elif one.failed_work:
            given_up = f"{one.failed_work} pieces of work were given up"
            sentence = f"{given_up}; `wlc failed-work list` shows which."
            yield Check(name, sentence, REFUSED)
        else:
            yield Check(name, "it is ready.")


def _clock(places: Places) -> Check:
    try:
        with httpx.Client(timeout=CLOCK_SECONDS, trust_env=False) as client:
            answer = client.get(f"{places.console_url()}/health/live")
    except (CommandError, httpx.TransportError):
        return Check("clock", "the console's clock cannot be compared; see above.", UNREACHABLE)
    told = answer.headers.get("date")
    drift = abs(time.time() - parsedate_to_datetime(told).timestamp()) if told else 0.0
    if drift > CLOCK_SECONDS:
        sentence = f"it differs from the console's by {drift:.0f} s; set both by NTP."
        return Check("clock", sentence, REFUSED)
    return Check("clock", "it agrees with the console's.")
