"""What a service does about events, about due work and, in intake, about what comes in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from aio_pika.abc import AbstractIncomingMessage
from pydantic import BaseModel, ValidationError

from shared import due, topology
from shared.changes import NOTHING, Changes
from shared.contracts import EVENT_BY_TYPE
from shared.contracts.base import Event
from shared.errors import MalformedError
from shared.failures import (
    ABOUT,
    BOUND,
    SEALED,
    has_waited_its_turn,
    origin_of,
    sealing_of,
    user_of,
)


@dataclass(frozen=True, slots=True)
class Inbound:
    """What another system sent by AMQP; `user` is the account that the broker vouches for.

    `has_waited`: its sender was too fast, and this may be its turn.
    """

    body: bytes
    user: str | None
    message_id: str | None
    content_type: str | None
    has_waited: bool = False


@dataclass(frozen=True, slots=True)
class Handling:
    """The id under which a message has its effect once, and what computes that effect."""

    message_id: str
    work: Callable[[], Awaitable[Changes]]


class Sealer(Protocol):
    """Seals what other systems sent, while it waits for another try or lies with dead letters."""

    def seal(self, body: bytes, *beside: str) -> bytes:
        """Return ciphertext that opens only beside the same texts."""
        ...

    def open(self, sealed: bytes, *beside: str) -> bytes:
        """Return the body. Raises MalformedError when it does not fit, or lies beside others."""
        ...

    def about(self, message: Inbound) -> Sequence[str]:
        """Return keyed digests of what the people in it are called by; never fails."""
        ...


EventHandler = Callable[[Any], Awaitable[Changes]]
InboundHandler = Callable[[Inbound], Handling]
H = TypeVar("H", bound=EventHandler)
I = TypeVar("I", bound=InboundHandler)  # noqa: E741 - the inbound one beside H
D = TypeVar("D", bound=due.Handler)


class Handlers:
    """What a service does about events, about due work and (intake) about what comes in."""

    def __init__(self) -> None:
        self._of_event: dict[str, EventHandler] = {}
        self._of_inbound: InboundHandler | None = None
        self._sealer: Sealer | None = None
        self.of_due: dict[str, due.Handler] = {}
        self.of_given_up: dict[str, due.Handler] = {}
        self.at_once: dict[str, int] = {}

    def on(self, *events: type[Event]) -> Callable[[H], H]:
        """Handle these types of event. Raises ValueError for one that has its handler already."""

        def register(handler: H) -> H:
            for event in events:
                if event.TYPE in self._of_event:
                    raise ValueError(f"{event.TYPE} has a handler already")
                self._of_event[event.TYPE] = handler
            return handler

        return register

    def on_others(self, *events: type[Event]) -> Callable[[H], H]:
        """Handle those of these types that have no handler yet."""
        return self.on(*(event for event in events if event.TYPE not in self._of_event))

    @property
    def events(self) -> frozenset[str]:
        """The types of event that are handled."""
        return frozenset(self._of_event)

    def when_due(self, collection: str, *, at_once: int = due.AT_ONCE) -> Callable[[D], D]:
        """Do the work of a collection of `Due` rows, so many pieces at once."""

        def register(handler: D) -> D:
            self.of_due[collection] = handler
            self.at_once[collection] = at_once
            return handler

        return register

    def when_given_up(self, collection: str) -> Callable[[D], D]:
        """Settle what waits for work of a collection of `Due` rows that cannot be done."""

        def register(handler: D) -> D:
            self.of_given_up[collection] = handler
            return handler

        return register

    def inbound(self, handler: I) -> I:
        """Handle what other systems send, and say what of it counts as the same message."""
        self._of_inbound = handler
        return handler

    def sealed_by(self, sealer: Sealer) -> None:
        """Let nothing that other systems sent lie in the clear once it has failed."""
        self._sealer = sealer

    def sealed(self, message: AbstractIncomingMessage) -> tuple[bytes, Mapping[str, Any]]:
        """Return the body of a copy that waits or is buried, and the headers that say it is sealed.

        What services say to each other names nobody, and stays as it is.
        """
        if self._sealer is None or origin_of(message) != topology.INBOUND:
            return message.body, {}
        if sealing := sealing_of(message):
            return message.body, sealing
        about = " ".join(self._sealer.about(_inbound(message, message.body)))
        sealed = self._sealer.seal(message.body, about, user_of(message) or "")
        return sealed, {SEALED: BOUND, ABOUT: about}

    def for_message(self, message: AbstractIncomingMessage) -> "Handling":
        """Return what is to be done about a message. Raises MalformedError."""
        if read := self._for_inbound(message):
            return read(_inbound(message, self._opened(message)))
        event = _event(message.body, message.type)
        return Handling(event.id, partial(self._of_event.get(event.TYPE, _ignore), event))

    def _opened(self, message: AbstractIncomingMessage) -> bytes:
        sealing = sealing_of(message)
        if self._sealer is None or not sealing:
            return message.body
        if sealing.get(SEALED) is True:  # sealed by an older version, on its own
            return self._sealer.open(message.body)
        beside = str(sealing.get(ABOUT, "")), user_of(message) or ""
        return self._sealer.open(message.body, *beside)

    def name_for(self, message: AbstractIncomingMessage) -> str:
        """Name the handler of a message; empty where none can be told."""
        handler = self._for_inbound(message) or self._of_event.get(message.type or "")
        return handler.__name__ if handler else ""

    def _for_inbound(self, message: AbstractIncomingMessage) -> InboundHandler | None:
        return self._of_inbound if origin_of(message) == topology.INBOUND else None


def _inbound(message: AbstractIncomingMessage, body: bytes) -> Inbound:
    return Inbound(
        body,
        user_of(message),
        message.message_id,
        message.content_type,
        has_waited_its_turn(message),
    )


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
