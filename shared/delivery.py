"""From the queue to a handler, and from its outcome to ack, delayed retry or dead letter.

One rule for all: done or duplicate is acknowledged; a foreseen passing failure goes to a wait queue
and comes back later; everything else goes to the service's dead-letter queue with its reason. Both
are copies, confirmed before the original is acknowledged: a crash between doubles, never loses.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import uniform
from time import perf_counter
from typing import Any

import structlog
from faststream.rabbit import RabbitMessage
from prometheus_client import Counter, Histogram

from shared import topology
from shared.acks import Acks
from shared.committer import Commits, Outcome
from shared.errors import AppError, UnavailableError
from shared.failures import attempts_of, failed_once_more, origin_of, user_of
from shared.handlers import Handlers
from shared.log import frames
from shared.outbox import Envelope

log = structlog.get_logger()

HANDLED = Counter("wlc_messages_handled", "Messages settled, by what became of them.", ["outcome"])
SECONDS = Histogram("wlc_message_seconds", "From delivery to the stored effect of a message.")

SECONDS_BEFORE_REQUEUE = 1.0
SHORTEST_WAIT = 0.7
"""Of a tier's time: each wait is drawn between this and the whole, which is the queue's own limit.
So what failed together does not come back together."""

Forward = Callable[[Envelope, Mapping[str, Any], float | None], Awaitable[None]]
"""Publishes to `retry` with confirm; the seconds, if any, are how long it waits there."""


class Delivery:
    """Settles each message of one service's queue. `forward` publishes to `retry` with confirm."""

    def __init__(
        self, service: str, handlers: Handlers, commits: Commits, forward: Forward
    ) -> None:
        self._queue = topology.queue(service)
        self._burial = topology.dead_letter_key(service)
        self._handlers = handlers
        self._commits = commits
        self._forward = forward
        self._acks = Acks()

    async def on_message(self, message: RabbitMessage) -> None:
        """Have the message's effect and settle it; nobody else acknowledges."""
        try:
            await self._take_effect(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, none may stay unsettled
            if not isinstance(error, UnavailableError):
                log.error("delivery_broke", error_type=_name(error), exc_frames=frames(error))  # noqa: TRY400
            await asyncio.sleep(SECONDS_BEFORE_REQUEUE)
            await self._acks.put_back(message.raw_message)
        else:
            self._acks.settled(message.raw_message)

    async def _take_effect(self, message: RabbitMessage) -> None:
        """Have the effect, or hand a copy on. Raises UnavailableError when that is not taken."""
        started = perf_counter()
        outcome, code = "broken_off", None
        try:
            handling = self._handlers.for_message(message)
            outcome = await self._commits.commit(handling.message_id, handling.work)
        except AppError as error:
            code = error.code
            outcome = await self._try_later_or_bury(message, error)
        except Exception as error:  # noqa: BLE001 - a bug: buried, with where it came from logged
            code = _name(error)
            log.error("handler_broke", error_type=code, exc_frames=frames(error))  # noqa: TRY400
            outcome = await self._hand_over(message, self._burial, code, "dead_lettered")
        finally:
            _log(message, outcome, code, started)

    async def _try_later_or_bury(self, message: RabbitMessage, error: AppError) -> str:
        attempt = attempts_of(message)
        if not error.retryable or attempt >= len(topology.TIERS):
            return await self._hand_over(message, self._burial, error.code, "dead_lettered")
        tier = topology.TIERS[attempt]
        wait = topology.WAIT_SECONDS[tier] * uniform(SHORTEST_WAIT, 1)  # noqa: S311 - no secret
        key = f"{self._queue}.{tier}"
        return await self._hand_over(message, key, error.code, "retried", wait)

    async def _hand_over(
        self,
        message: RabbitMessage,
        key: str,
        error_code: str,
        outcome: str,
        wait: float | None = None,
    ) -> str:
        """Publish a copy, confirmed, before the original is acknowledged."""
        raw = message.raw_message
        copy = Envelope(
            raw.message_id or "",
            raw.type or "",
            key,
            raw.body,
            raw.correlation_id or "",
            raw.content_type or "",
        )
        handler = self._handlers.name_for(message)
        await self._forward(copy, failed_once_more(message, error_code, handler), wait)
        return outcome


def _log(message: RabbitMessage, outcome: str, code: str | None, started: float) -> None:
    HANDLED.labels(outcome).inc()
    SECONDS.observe(perf_counter() - started)
    level = log.debug if outcome in {Outcome.DONE, Outcome.DUPLICATE} else log.warning
    level(
        "message_handled",
        **_ids(message),
        attempt=attempts_of(message),
        outcome=outcome,
        error_code=code,
        duration_ms=round((perf_counter() - started) * 1000),
    )


def _ids(message: RabbitMessage) -> Mapping[str, str | None]:
    """Return what a message is traced by; another system may write anything into its properties."""
    if origin_of(message) == topology.INBOUND:
        return {"publisher": user_of(message)}
    raw = message.raw_message
    return {
        "event_id": raw.message_id,
        "event_type": raw.type,
        "correlation_id": raw.correlation_id,
    }


def _name(error: Exception) -> str:
    return type(error).__name__
