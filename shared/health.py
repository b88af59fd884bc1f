"""What a service says of itself: alive, ready and why not, figures, version."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pymongo import DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from shared.bus import Bus
from shared.delivery import Delivery
from shared.errors import UnavailableError
from shared.failed_work import FailedWork
from shared.mongo import Database
from shared.outbox import Outbox
from shared.periods import RUNS
from shared.reading import Reader

log = structlog.get_logger()

LOOK_SECONDS = 1.0
ANSWER_SECONDS = 2.0
MONGO_AWAY = "MongoDB is away"
FIGURES = ("outbox", "failed_work", "work_tried_often", "missing_indexes", "last_sweep")
Indexes = Mapping[str, Sequence[IndexModel]]
"""By collection."""


@dataclass(slots=True)
class Health:
    """The parts to ask. `waiting_for` is what the start or the stop is waiting for."""

    service: str
    database: Database
    bus: Bus
    delivery: Delivery
    reader: Reader
    outbox: Outbox
    failed_work: FailedWork
    indexes: Indexes
    waiting_for: str | None = "start"
    loops: list["asyncio.Task[None]"] = field(default_factory=list)
    workers: list["asyncio.Task[None]"] = field(default_factory=list)

    async def reasons(self) -> list[str]:
        """Say what keeps the service from being ready; empty when it is."""
        waiting = [f"waiting for {self.waiting_for}"] if self.waiting_for else []
        return waiting + await self._troubles()

    async def watch(self) -> None:
        """Log once what gets in the way after the start, and once that nothing is any more."""
        told: list[str] = []
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            troubles = told if self.waiting_for else await self._troubles()
            if troubles != told:
                tell = log.warning if troubles else log.info
                tell("not_ready" if troubles else "ready_again", reason=troubles or None)
                told = troubles

    async def _troubles(self) -> list[str]:
        troubles: list[str] = []
        if trouble := await self.bus.trouble() or await self.reader.trouble():
            troubles.append(trouble)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.database.command("ping")
        except (PyMongoError, TimeoutError):
            troubles.append(MONGO_AWAY)
        if not troubles and (trouble := self.delivery.trouble()):
            troubles.append(trouble)
        if any(task.done() for task in [*self.loops, *self.workers]):
            troubles.append("a background loop has ended")
        return troubles

    async def missing_indexes(self) -> list[str]:
        """Name those that are not there as `collection.index`."""
        missing = []
        for name, models in self.indexes.items():
            there = await self.database[name].index_information() if models else {}
            names = [model.document["name"] for model in models]
            missing += [f"{name}.{each}" for each in names if each not in there]
        return missing

    async def last_sweep(self) -> str | None:
        """Return the day of the newest sweep of what was kept for its time that is finished."""
        newest = await self.database[RUNS].find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
        return str(newest["_id"]) if newest else None

    async def readiness(self) -> dict[str, Any]:
        """Say whether it is ready, why not, and what waits; figures are None while unknown."""
        reasons = await self.reasons()
        body: dict[str, Any] = {"ready": not reasons, "reasons": reasons}
        return body | await self._figures(is_known=MONGO_AWAY not in reasons)

    async def _figures(self, *, is_known: bool) -> dict[str, Any]:
        """Count what waits, unless that would have whoever asks wait for a server that is away."""
        if is_known:
            with suppress(UnavailableError, PyMongoError, TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    return {
                        "outbox": await self.outbox.depth(),
                        "failed_work": await self.failed_work.count(),
                        "work_tried_often": await self.failed_work.count_tried_often(),
                        "missing_indexes": await self.missing_indexes(),
                        "last_sweep": await self.last_sweep(),
                    }
        return dict.fromkeys(FIGURES)


def health_router(health: Health) -> APIRouter:
    """Return `/health/live`, `/health/ready`, `/metrics` and `/version`."""
    router = APIRouter(tags=["operations"])

    @router.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        body = await health.readiness()
        return JSONResponse(body, status_code=200 if body["ready"] else 503)

    @router.get("/metrics")
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/version")
    async def version_() -> dict[str, str]:
        return {"service": health.service, "version": version("wlc-gateway")}

    return router
