"""From the queue to a handler, and from its outcome to ack, delayed retry or dead letter.

One rule for all: done or duplicate is acknowledged; a foreseen passing failure goes to a wait queue
and comes back later; everything else goes to the service's dead-letter queue with its reason. Both
are copies, confirmed before the original is acknowledged: a crash between doubles, never loses.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

import structlog
from faststream.rabbit import RabbitMessage
from prometheus_client import Counter, Histogram
from pydantic import BaseModel, ValidationError

from shared import due, topology
from shared.acks import Acks
from shared.changes import NOTHING, Changes
from shared.committer import Commits, Outcome
from shared.contracts import EVENT_BY_TYPE
from shared.contracts.base import Event
from shared.errors import AppError, MalformedError, UnavailableError
from shared.log import frames
from shared.outbox import Envelope

log = structlog.get_logger()

HANDLED = Counter("wlc_messages_handled", "Messages settled, by what became of them.", ["outcome"])
SECONDS = Histogram("wlc_message_seconds", "From delivery to the stored effect of a message.")

ATTEMPT = "x-attempt"
ERROR_CODE = "x-error-code"
ORIGIN = "x-origin"
USER = "x-user"
FAILED_AT = "x-failed-at"
SECONDS_BEFORE_REQUEUE = 1.0
OUR_EXCHANGES = frozenset({topology.REQUEUE, topology.RETRY})


@dataclass(frozen=True, slots=True)
class Inbound:
    """What another system sent by AMQP; `user` is the account that the broker vouches for."""

    body: bytes
    user: str | None
    message_id: str | None
    content_type: str | None


EventHandler = Callable[[Any], Awaitable[Changes]]
InboundHandler = Callable[[Inbound], Awaitable[Changes]]
InboundKey = Callable[[Inbound], str]
Forward = Callable[[Envelope, Mapping[str, Any]], Awaitable[None]]
H = TypeVar("H", bound=EventHandler)
I = TypeVar("I", bound=InboundHandler)  # noqa: E741 - the inbound one beside H
D = TypeVar("D", bound=due.Handler)


class Handlers:
    """What a service does about events, about due work and (intake) about what comes in."""

    def __init__(self) -> None:
        self._of_event: dict[str, EventHandler] = {}
        self._of_inbound: tuple[InboundKey, InboundHandler] | None = None
        self.of_due: dict[str, due.Handler] = {}

    def on(self, *events: type[Event]) -> Callable[[H], H]:
        """Handle these types of event."""

        def register(handler: H) -> H:
            self._of_event.update({event.TYPE: handler for event in events})
            return handler

        return register

    @property
    def events(self) -> frozenset[str]:
        """The types of event that are handled."""
        return frozenset(self._of_event)

    def when_due(self, collection: str) -> Callable[[D], D]:
        """Do the work of a collection of `Due` rows."""

        def register(handler: D) -> D:
            self.of_due[collection] = handler
            return handler

        return register

    def inbound(self, key: InboundKey) -> Callable[[I], I]:
        """Handle what other systems send; `key` says what counts as the same message."""

        def register(handler: I) -> I:
            self._of_inbound = (key, handler)
            return handler

        return register

    def work(self, message: RabbitMessage) -> tuple[str, Callable[[], Awaitable[Changes]]]:
        """Return a message's inbox id and its work. Raises MalformedError."""
        raw = message.raw_message
        if _origin(message) == topology.INBOUND and self._of_inbound:
            key, handle = self._of_inbound
            inbound = Inbound(raw.body, _user(message), raw.message_id, raw.content_type)
            return key(inbound), partial(handle, inbound)
        event = _event(raw.body, raw.type)
        return event.id, partial(self._of_event.get(event.TYPE, _ignore), event)


async def _ignore(_event: Event) -> Changes:
    return NOTHING


def _event(body: bytes, event_type: str | None) -> Event:
    try:
        kind = EVENT_BY_TYPE[event_type or _Typed.model_validate_json(body).type]
        return kind.model_validate_json(body)
    except (ValidationError, KeyError) as error:
        raise MalformedError("unknown event type, or a body that does not fit it") from error


class _Typed(BaseModel):
    """A message whose AMQP property `type` its sender left out."""

    type: str


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
        except UnavailableError:
            await asyncio.sleep(SECONDS_BEFORE_REQUEUE)
            await self._acks.put_back(message.raw_message)
        else:
            self._acks.settled(message.raw_message)

    async def _take_effect(self, message: RabbitMessage) -> None:
        """Have the effect, or hand a copy on. Raises UnavailableError when that is not taken."""
        started = perf_counter()
        outcome, code = "broken_off", None
        try:
            message_id, work = self._handlers.work(message)
            outcome = await self._commits.commit(message_id, work)
        except AppError as error:
            code = error.code
            outcome = await self._try_later_or_bury(message, error)
        except Exception as error:  # noqa: BLE001 - a bug: buried, with where it came from logged
            code = type(error).__name__
            log.error("handler_broke", error_type=code, exc_frames=frames(error))  # noqa: TRY400
            outcome = await self._hand_over(message, self._burial, code, "dead_lettered")
        finally:
            _log(message, outcome, code, started)

    async def _try_later_or_bury(self, message: RabbitMessage, error: AppError) -> str:
        attempt = _attempt(message)
        if not error.retryable or attempt >= len(topology.TIERS):
            return await self._hand_over(message, self._burial, error.code, "dead_lettered")
        key = f"{self._queue}.{topology.TIERS[attempt]}"
        return await self._hand_over(message, key, error.code, "retried")

    async def _hand_over(
        self, message: RabbitMessage, key: str, error_code: str, outcome: str
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
        headers = {
            ATTEMPT: _attempt(message) + 1,
            ERROR_CODE: error_code,
            ORIGIN: _origin(message),
            USER: _user(message) or "",
            FAILED_AT: datetime.now(UTC).isoformat(),
        }
        await self._forward(copy, headers)
        return outcome


def _requeued(message: RabbitMessage) -> bool:
    """Whether we put it there; only then are our headers ours."""
    return message.raw_message.exchange in OUR_EXCHANGES


def _attempt(message: RabbitMessage) -> int:
    return int(message.headers.get(ATTEMPT, 0)) if _requeued(message) else 0


def _origin(message: RabbitMessage) -> str:
    exchange = message.raw_message.exchange or ""
    return str(message.headers.get(ORIGIN, "")) if _requeued(message) else exchange


def _user(message: RabbitMessage) -> str | None:
    if _requeued(message):
        return str(message.headers.get(USER, "")) or None
    return message.raw_message.user_id


def _log(message: RabbitMessage, outcome: str, code: str | None, started: float) -> None:
    HANDLED.labels(outcome).inc()
    SECONDS.observe(perf_counter() - started)
    level = log.debug if outcome in {Outcome.DONE, Outcome.DUPLICATE} else log.warning
    level(
        "message_handled",
        event_id=message.raw_message.message_id,
        event_type=message.raw_message.type,
        correlation_id=message.raw_message.correlation_id,
        attempt=_attempt(message),
        outcome=outcome,
        error_code=code,
        duration_ms=round((perf_counter() - started) * 1000),
    )
