"""From the queue to a handler, and from its outcome to ack, delayed retry or dead letter.

One rule for all: done or duplicate is acknowledged; a foreseen passing failure goes to a wait queue
and comes back later; everything else goes to the service's dead-letter queue with its reason. Both
are copies, confirmed before the original is acknowledged: a crash between doubles, never loses.

While a server that this rests on is away, no try counts: messages are held, as many as were fetched
ahead, and go on when it is back. So an outage neither ends in dead letters nor in long waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from logging import DEBUG
from random import uniform
from time import monotonic, perf_counter
from typing import Any

import structlog
from aio_pika.abc import AbstractIncomingMessage
from prometheus_client import Counter, Gauge, Histogram

from shared import topology
from shared.acks import Acks
from shared.committer import Commits, Outcome
from shared.errors import AppError, TooFastError, UnavailableError
from shared.failures import attempts_of, failed_once_more, origin_of, user_of
from shared.handlers import Handlers
from shared.log import frames
from shared.outbox import Envelope

log = structlog.get_logger()

HANDLED = Counter("wlc_messages_handled", "Messages settled, by what became of them.", ["outcome"])
IN_HAND = Gauge("wlc_messages_in_hand", "Messages taken from the queue and not settled yet.")
SECONDS = Histogram("wlc_message_seconds", "From the last try of a message to its stored effect.")
HELD = Gauge("wlc_messages_held", "Messages that wait for a server to come back.")

SECONDS_BEFORE_REQUEUE = 1.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
WAITS = "waits_its_turn"
"""What becomes of a message whose sender is faster than was agreed."""
SHORTEST_WAIT = 0.7
"""Of a tier's time, or of a pause: each is drawn between this and the whole, which for a tier is
the queue's own limit. So what failed together does not come back together."""

Forward = Callable[[Envelope, Mapping[str, Any], float | None], Awaitable[None]]
"""Publishes to `retry` with confirm; the seconds, if any, are how long it waits there."""


class Delivery:
    """Settles each message of one service's queue.

    `forward` publishes to `retry` with confirm; `is_database_there` asks whether MongoDB answers.
    """

    def __init__(
        self,
        service: str,
        handlers: Handlers,
        commits: Commits,
        forward: Forward,
        is_database_there: Callable[[], Awaitable[bool]],
    ) -> None:
        self._queue = topology.queue(service)
        self._burial = topology.dead_letter_key(service)
        self._handlers = handlers
        self._commits = commits
        self._forward = forward
        self._is_database_there = is_database_there
        self._acks = Acks()
        self._held, self._holds_since, self._holds_for = 0, 0.0, ""

    async def on_message(self, message: AbstractIncomingMessage) -> None:
        """Have the message's effect and settle it; nobody else acknowledges."""
        with IN_HAND.track_inprogress():
            await self._settle(message)

    async def _settle(self, message: AbstractIncomingMessage) -> None:
        try:
            await self._take_effect_or_hold(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, none may stay unsettled
            log.error("delivery_broke", error_type=_name(error), exc_frames=frames(error))  # noqa: TRY400
            await asyncio.sleep(SECONDS_BEFORE_REQUEUE)
            await self._acks.put_back(message)
        else:
            self._acks.settled(message)

    async def _take_effect_or_hold(self, message: AbstractIncomingMessage) -> None:
        """Try until it has its effect, or its channel is lost and it is delivered anew.

        A server that did not answer is asked once more before that counts as a try: it may have
        failed just as it came back.
        """
        try:
            await self._take_effect(message, is_first=True)
        except UnavailableError as error:
            with self._holding(error):
                await self._try_until_taken(message)

    async def _try_until_taken(self, message: AbstractIncomingMessage) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._acks.is_lost(message):
            await asyncio.sleep(_drawn(pause))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            if await self._is_database_there():
                with suppress(UnavailableError):
                    await self._take_effect(message)
                    return

    @contextmanager
    def _holding(self, error: UnavailableError) -> Iterator[None]:
        """Note who is held, since when and why."""
        if not self._held:
            self._holds_since, self._holds_for = monotonic(), str(error)
        self._held += 1
        HELD.inc()
        try:
            yield
        finally:
            self._held -= 1
            HELD.dec()

    def trouble(self) -> str | None:
        """Say why messages are held, when that lasts; None while they are settled."""
        if not self._held or monotonic() < self._holds_since + PATIENCE_SECONDS:
            return None
        return f"messages are held: {self._holds_for}"

    async def _take_effect(
        self, message: AbstractIncomingMessage, *, is_first: bool = False
    ) -> None:
        """Have the effect, or hand a copy on. Raises UnavailableError while it can do neither."""
        started = perf_counter()
        code = None
        try:
            handling = self._handlers.for_message(message)
            outcome: str = await self._commits.commit(handling.message_id, handling.work)
        except AppError as error:
            if is_first and isinstance(error, UnavailableError):
                raise
            code = error.code
            outcome = await self._try_later_or_bury(message, error)
        except Exception as error:  # noqa: BLE001 - a bug: buried, with where it came from logged
            code = _name(error)
            log.error("handler_broke", error_type=code, exc_frames=frames(error))  # noqa: TRY400
            outcome = await self._hand_over(message, self._burial, code, "dead_lettered")
        _tell(message, outcome, code, started)

    async def _try_later_or_bury(self, message: AbstractIncomingMessage, error: AppError) -> str:
        if isinstance(error, UnavailableError) and not await self._is_database_there():
            raise error
        if isinstance(error, TooFastError):
            return await self._wait_its_turn(message, error)
        attempt = attempts_of(message)
        if not error.retryable or attempt >= len(topology.TIERS):
            return await self._hand_over(message, self._burial, error.code, "dead_lettered")
        tier = topology.TIERS[attempt]
        wait = _drawn(topology.WAIT_SECONDS[tier])
        key = f"{self._queue}.{tier}"
        return await self._hand_over(message, key, error.code, "retried", wait)

    async def _wait_its_turn(self, message: AbstractIncomingMessage, error: TooFastError) -> str:
        """Let it wait as long as it is told to; the longest wait is not too long for any."""
        tier = topology.tier_for(error.wait_seconds)
        wait = min(error.wait_seconds, topology.WAIT_SECONDS[tier])
        return await self._hand_over(message, f"{self._queue}.{tier}", error.code, WAITS, wait)

    async def _hand_over(
        self,
        message: AbstractIncomingMessage,
        key: str,
        error_code: str,
        outcome: str,
        wait: float | None = None,
    ) -> str:
        """Publish a copy, confirmed, before the original is acknowledged."""
        body, sealing = self._handlers.sealed(message)
        copy = Envelope(
            message.message_id or "",
            message.type or "",
            key,
            body,
            message.correlation_id or "",
            message.content_type or "",
        )
        handler = self._handlers.name_for(message)
        headers = {**failed_once_more(message, error_code, handler), **sealing}
        await self._forward(copy, headers, wait)
        return outcome


def _tell(message: AbstractIncomingMessage, outcome: str, code: str | None, started: float) -> None:
    seconds = perf_counter() - started
    HANDLED.labels(outcome).inc()
    SECONDS.observe(seconds)
    is_usual = outcome in {Outcome.DONE, Outcome.DUPLICATE, WAITS}
    if is_usual and not log.is_enabled_for(DEBUG):
        return
    (log.debug if is_usual else log.warning)(
        "message_handled",
        **_ids(message),
        attempt=attempts_of(message),
        outcome=outcome,
        error_code=code,
        duration_ms=round(seconds * 1000),
    )


def _ids(message: AbstractIncomingMessage) -> Mapping[str, str | None]:
    """Return what a message is traced by; another system may write anything into its properties."""
    if origin_of(message) == topology.INBOUND:
        return {"publisher": user_of(message)}
    return {
        "event_id": message.message_id,
        "event_type": message.type,
        "correlation_id": message.correlation_id,
    }


def _drawn(seconds: float) -> float:
    return seconds * uniform(SHORTEST_WAIT, 1)  # noqa: S311 - no secret


def _name(error: Exception) -> str:
    return type(error).__name__
