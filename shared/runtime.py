"""What every service process has: servers, delivery, due work, health; composed by its main.py."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI

from shared import bus, due, log, outbox, serving, transaction
from shared.changes import Changes, Due
from shared.committer import Committer, Outcome, Work
from shared.delivery import Delivery
from shared.errors import UnavailableError
from shared.failed_work import FailedWork, failed_work_router
from shared.handlers import Handlers
from shared.health import Health, Indexes, health_router
from shared.holding import (
    Holder,
    Holdings,
    Linked,
    Opened,
    as_it_is,
    holding_router,
    nothing_linked,
)
from shared.loops import about, kept_going, until_there
from shared.mongo import Database, connect
from shared.operator_doors import operator_door
from shared.pause import Pause
from shared.periods import RUNS, Periods, words_of
from shared.permits import permit_door
from shared.quiet import QuietFailures
from shared.reading import Reader
from shared.settings import ServiceSettings

logger = structlog.get_logger()

LONGEST_PAUSE_SECONDS = 10.0
STEPS_OF_STOPPING = 4
"""Open requests, the queue, what is in hand, the broker: each has its part of the time to stop."""
COLLECT_AFTER = 20_000


class Runtime:
    """One service's process. Nothing connects before the app starts."""

    def __init__(self, service: str, settings: ServiceSettings) -> None:
        self.service = service
        self._settings = settings
        self.operator_door = operator_door(settings.operator_token_sha256)
        self._permit_door = permit_door(settings.permits_checked_by)
        self._client = connect(str(settings.mongo_url), name=service)
        self.database: Database = self._client[settings.database]
        self.bus = bus.Bus(str(settings.rabbit_url), service)
        self._outbox = outbox.Outbox(
            self.database,
            self.bus,
            lease_seconds=settings.lease_seconds,
            limit=settings.outbox_limit,
        )
        self._transaction = transaction.Transaction(self.database)
        self._step_seconds = settings.stop_seconds / STEPS_OF_STOPPING
        self._committer = Committer(
            self._transaction,
            self._outbox,
            group_size=settings.group_size,
        )
        self._stopping = asyncio.Event()
        self._workers: dict[str, due.DueWorker] = {}
        self._background: list[Callable[[], Coroutine[None, None, None]]] = []
        self._ends: list[Callable[[], None]] = []

    def other_database(self, name: str) -> Database:
        """Open another database of the same server: the keyring, for those who may."""
        return self._client[name]

    def background(self, loop: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run a loop beside the app; it is cancelled when the app stops."""
        self._background.append(loop)

    def when_ending(self, end: Callable[[], None]) -> None:
        """Call this as soon as the service is to stop, before open requests are waited for."""
        self._ends.append(end)

    def end(self) -> None:
        """Tell what streams without end that the service stops."""
        for each in self._ends:
            each()

    async def commit(self, message_id: str, work: Work) -> Outcome:
        """See shared.committer.Commits. Work that is asked for is looked for here at once."""
        asked: set[str] = set()

        async def noting() -> Changes:
            changes = await work()
            asked.update(each.collection for each in changes.writes if isinstance(each, Due))
            return changes

        outcome = await self._committer.commit(message_id, noting)
        for collection in asked & self._workers.keys():
            self._workers[collection].wake()
        return outcome

    async def check_outbox(self) -> None:
        """Raise UnavailableError while too many events wait to be published."""
        await self._outbox.check_room()

    def holding(
        self,
        holdings: Holdings,
        periods: Periods,
        *,
        opened: Opened = as_it_is,
        linked: Linked = nothing_linked,
    ) -> APIRouter:
        """Return the address of what the service holds on one person; see `Holder`."""
        kept = words_of(periods, self._settings)
        holder = Holder(
            self.service, self.database, holdings, kept=kept, opened=opened, linked=linked
        )
        return holding_router(holder, self.operator_door, self._permit_door)

    def app(
        self,
        handlers: Handlers,
        *,
        indexes: Indexes,
        routers: Sequence[APIRouter] = (),
    ) -> FastAPI:
        """Return the ASGI app: health, metrics, the service's own addresses, and its lifespan.

        FastAPI's pages of documentation are off: they load their scripts from a CDN.
        """
        indexes = _all_indexes(handlers, indexes)
        delivery = self._delivery(handlers)
        reader = self._reader(delivery)
        failed_work = FailedWork(self.database, tuple(handlers.of_due))
        health = Health(
            self.service,
            self.database,
            self.bus,
            delivery,
            reader,
            self._outbox,
            failed_work,
            indexes,
        )

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            starting = asyncio.create_task(self._start(handlers, indexes, reader, health))
            try:
                yield
            finally:
                await self._stop(starting, reader, health)

        title = f"WLC {self.service}"
        app = FastAPI(lifespan=lifespan, title=title, docs_url=None, redoc_url=None)
        app.state.end = self.end
        app.state.collections = frozenset(indexes)
        app.add_middleware(QuietFailures)
        operations = (health_router(health), failed_work_router(failed_work, self.operator_door))
        for router in (*operations, *routers):
            app.include_router(router)
        return app

    def _delivery(self, handlers: Handlers) -> Delivery:
        is_there = self._transaction.can_be_reached
        return Delivery(self.service, handlers, self, self.bus.forward, is_there)

    def _reader(self, delivery: Delivery) -> Reader:
        url, prefetch = str(self._settings.rabbit_url), self._settings.prefetch
        return Reader(
            url, self.service, delivery, prefetch=prefetch, stop_seconds=self._step_seconds / 2
        )

    async def _start(
        self, handlers: Handlers, indexes: Indexes, reader: Reader, health: Health
    ) -> None:
        """Connect, waiting for servers that are away, then work."""
        await until_there("MongoDB", lambda: self._prepare(indexes), health)
        pause = Pause(self.database, self._outbox, reader)
        await until_there("the end of a pause", pause.until_none, health)
        await until_there("RabbitMQ", self.bus.start, health)
        for collection, handler in handlers.of_due.items():
            settle = handlers.of_given_up.get(collection, due.nothing_to_settle)
            at_once = handlers.at_once[collection]
            worker = due.DueWorker(
                self.database, collection, handler, self, settle=settle, at_once=at_once
            )
            self._workers[collection] = worker
            work = partial(worker.run, self._stopping)
            health.workers.append(asyncio.create_task(kept_going(work)))
        loops = (self._sweep, health.watch, reader.keep_reading, *self._background)
        health.loops = [asyncio.create_task(kept_going(loop)) for loop in loops]
        await until_there("RabbitMQ", pause.read_outside, health)
        health.loops.append(asyncio.create_task(kept_going(pause.watch)))
        health.waiting_for = None
        logger.info("service_ready")

    async def _prepare(self, indexes: Indexes) -> None:
        existing = await self.database.list_collection_names()
        for name, models in indexes.items():
            if name not in existing:
                await self.database.create_collection(name)
            if models:
                await self.database[name].create_indexes(list(models))

    async def _stop(self, starting: "asyncio.Task[None]", reader: Reader, health: Health) -> None:
        """Take nothing new, finish what is in hand, then let go of the servers."""
        self.end()
        health.waiting_for = "shutdown"
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        self._stopping.set()
        await self._in_time("take nothing new", reader.stop())
        await self._in_time("finish what is in hand", self._finish(health))
        for loop in health.loops:
            loop.cancel()
        await asyncio.gather(*health.loops, return_exceptions=True)
        await self._in_time("let go of RabbitMQ", self.bus.stop())
        self._transaction.close()
        self._client.close()
        logger.info("service_stopped")

    async def _finish(self, health: Health) -> None:
        await asyncio.gather(*health.workers, return_exceptions=True)
        await self._committer.drain()

    async def _in_time(self, step: str, doing: Awaitable[None]) -> None:
        """Take a step of stopping; one that fails or takes too long keeps none of the others."""
        try:
            async with asyncio.timeout(self._step_seconds):
                await doing
        except Exception as error:  # noqa: BLE001 - what is left is redelivered or swept
            logger.warning("stopping_cut_short", action=step, error_type=type(error).__name__)

    async def _sweep(self) -> None:
        """Sweep while the broker takes messages; the pauses grow as long as it confirms nothing."""
        pause = self._settings.sweep_seconds
        while True:
            await self.bus.until_usable()
            try:
                taken = await self._outbox.sweep()
                pause = self._settings.sweep_seconds
            except UnavailableError:
                taken, pause = 0, min(2 * pause, LONGEST_PAUSE_SECONDS)
            if taken < outbox.SWEEP_AT_ONCE:
                await asyncio.sleep(about(pause))


def _all_indexes(handlers: Handlers, indexes: Indexes) -> Indexes:
    own: Indexes = {"outbox": outbox.INDEXES, "inbox": transaction.INBOX_INDEXES, RUNS: ()}
    return {**own, **dict.fromkeys(handlers.of_due, due.INDEXES), **indexes}


def collect_seldom() -> None:
    """Look for garbage seldom, and never among what was there at the start."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def serve(build_app: Callable[[Any], FastAPI], settings: ServiceSettings) -> None:
    """Run a service until SIGTERM."""
    collect_seldom()
    service = str(settings.model_config["env_prefix"]).rstrip("_").lower()
    log.configure(service, level=settings.log_level)
    for name in settings.unknown():
        logger.warning("setting_unknown", setting=name)
    if settings.development:
        logger.info("secrets_not_checked")
    app = build_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=serving.BoundedHttp,
        ssl_certfile=settings.tls_file,
        forwarded_allow_ips=settings.proxy_addresses,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, int(settings.stop_seconds / STEPS_OF_STOPPING)),
    )
    serving.run(config, app.state.end)
