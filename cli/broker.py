"""The broker as the operator sees it: how long queues are, and what lies in the dead letters."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, HeadersType
from aiormq.exceptions import (
    AMQPError,
    ChannelAccessRefused,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    ProbableAuthenticationError,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.errors import REFUSED, CommandError, unreachable
from cli.places import RABBIT_URL
from deploy.accounts import SERVICES
from shared import topology
from shared.failures import (
    ABOUT,
    ATTEMPT,
    ERROR_CODE,
    FAILED_AT,
    FIRST_FAILED_AT,
    HANDLER,
    ORIGIN,
    OUR_EXCHANGES,
    USER,
    is_buried_sealed,
    sealing_of,
)
from shared.properties import read_odd_properties

CONNECT_SECONDS = 5.0
CONFIRM_SECONDS = 30.0
MOST_LETTERS = 10_000
SEALED_BODY = "(sealed: it came from another system, and only its service can open it)"
NOT_LET = (
    "RabbitMQ does not let the operator in, or not do this; load this version's definitions, or "
    f"check the account that {RABBIT_URL} names."
)

AWAY = (AMQPError, ChannelInvalidStateError, OSError)
"""What is raised where RabbitMQ cannot be reached, or goes while a channel is in use."""

T = TypeVar("T")
Depths = dict[str, int | None]


class Attributes(BaseModel):
    """All that is looked at of a body unless it is asked for: nothing about a person."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = ""
    subject: str = ""
    correlationid: str = ""


class Found(Protocol):
    """What is looked for in bodies."""

    def are_in(self, content: bytes) -> bool: ...


class DeadLetter:
    """A message that a service could not handle, held until it is settled or let go again."""

    def __init__(self, service: str, message: AbstractIncomingMessage) -> None:
        self.service = service
        self._message = message
        self._attributes = _attributes(message.body)

    @property
    def id(self) -> str:
        return _printable(self._message.message_id or "")

    @property
    def type(self) -> str:
        return _printable(self._message.type or self._attributes.type)

    @property
    def correlation_id(self) -> str:
        return _printable(self._message.correlation_id or self._attributes.correlationid)

    @property
    def subject(self) -> str:
        """Whom or what it is about: our own id only, since others may write anything there."""
        ours = self.sender[ORIGIN] == topology.EVENTS
        return _printable(self._attributes.subject) if ours else ""

    @property
    def reason(self) -> str:
        """Why it is here: our own code, else what the broker says."""
        return self._header(ERROR_CODE) or _printable(_last_death(self._message.headers))

    @property
    def failed_at(self) -> str:
        found = self._header(FAILED_AT) or self._message.timestamp
        return found.isoformat() if isinstance(found, datetime) else str(found or "")

    @property
    def age(self) -> timedelta | None:
        """How long ago it failed last; None where nobody wrote it down."""
        try:
            failed = datetime.fromisoformat(self.failed_at)
        except ValueError:
            return None
        return datetime.now(UTC) - (failed if failed.tzinfo else failed.replace(tzinfo=UTC))

    @property
    def attempts(self) -> int:
        return int(self._header(ATTEMPT) or 1)

    @property
    def body(self) -> str:
        """What it says, which can be about a person; what is sealed opens to its service alone."""
        if self.is_sealed:
            return SEALED_BODY
        return self._message.body.decode(errors="replace")

    @property
    def is_sealed(self) -> bool:
        """Whether its service sealed the body, which came from another system."""
        return bool(sealing_of(self._message))

    @property
    def about(self) -> frozenset[str]:
        """Keyed digests of what the people in a sealed body are called by."""
        return frozenset(str(sealing_of(self._message).get(ABOUT, "")).split())

    def has(self, marks: "Found") -> bool:
        """Whether its body, as it lies there, has somebody's mark in it."""
        return marks.are_in(self._message.body)

    def as_json(self) -> dict[str, Any]:
        """Return everything but the body."""
        return {
            "service": self.service,
            "handler": self._header(HANDLER),
            "message_id": self.id,
            "type": self.type,
            "subject": self.subject,
            "correlation_id": self.correlation_id,
            "reason": self.reason,
            "attempts": self.attempts,
            "first_failed_at": self._header(FIRST_FAILED_AT),
            "failed_at": self.failed_at,
            "origin": str(self.sender[ORIGIN]),
            "bytes": len(self._message.body),
        }

    @property
    def _is_buried_by_us(self) -> bool:
        """Whether a service wrote its headers, or `wlc doctor --fix` when it moved the message.

        What the broker buried carries anybody's.
        """
        return self._message.exchange in OUR_EXCHANGES

    def _header(self, name: str) -> str:
        return str(self._message.headers.get(name) or "") if self._is_buried_by_us else ""

    @property
    def sender(self) -> HeadersType:
        """Who sent it, as far as that is certain.

        A service's own burial wrote it down. What the broker buried carries headers that another
        system may have written, so there only the account that the broker vouches for counts;
        beside what is sealed, the account that intake will hold against the seal.
        """
        headers, message = self._message.headers, self._message
        if self._is_buried_by_us:
            return {ORIGIN: headers.get(ORIGIN, ""), USER: headers.get(USER, "")}
        if is_buried_sealed(message):
            return {ORIGIN: topology.INBOUND, USER: str(headers.get(USER) or "")}
        inbound = topology.ROUTES[self.service].hears_inbound
        origin = topology.INBOUND if inbound else topology.EVENTS
        return {ORIGIN: origin, USER: message.user_id or ""}

    @property
    def sender_is_unknown(self) -> bool:
        """Whether nobody vouches for who sent it: put back, it would count as a stranger's."""
        message = self._message
        if message.exchange == topology.RETRY or not topology.ROUTES[self.service].hears_inbound:
            return False
        if is_buried_sealed(message):
            return not self.sender[USER]
        is_moved = message.exchange == topology.REQUEUE
        return USER not in message.headers if is_moved else not message.user_id

    async def replay(self, channel: AbstractChannel) -> None:
        """Put it back into its service's queue, confirmed, before it is taken from here."""
        requeue = await channel.get_exchange(topology.REQUEUE, ensure=False)
        async with asyncio.timeout(CONFIRM_SECONDS):
            await requeue.publish(self._again(), topology.queue(self.service))
        await self._message.ack()

    async def drop(self) -> None:
        """Delete it."""
        await self._message.ack()

    def _again(self) -> aio_pika.Message:
        message = self._message
        return aio_pika.Message(
            message.body,
            headers={**self.sender, **sealing_of(self._message)},
            content_type=message.content_type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=message.message_id,
            correlation_id=message.correlation_id,
            type=message.type,
        )


def _last_death(headers: HeadersType) -> str:
    """Return why the broker moved a message last: it puts the newest of its reasons first."""
    match headers.get("x-death"):
        case [{"reason": str(reason)}, *_]:
            return reason
        case _:
            return str(headers.get("x-first-death-reason", "unknown"))


def _printable(text: str) -> str:
    """Return a text that does nothing to a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _attributes(body: bytes) -> Attributes:
    try:
        return Attributes.model_validate_json(body)
    except ValidationError:
        return Attributes()


def ask(url: str, question: Callable[[AbstractChannel], Awaitable[T]]) -> T:
    """Ask the broker something. Raises CommandError when it cannot be reached or refuses."""

    async def asked() -> T:
        async with _channel(url) as channel:
            return await question(channel)

    try:
        return asyncio.run(asked())
    except (ChannelAccessRefused, ProbableAuthenticationError) as error:
        raise CommandError(NOT_LET, REFUSED) from error
    except AWAY as error:
        raise unreachable("RabbitMQ", RABBIT_URL) from error


@asynccontextmanager
async def _channel(url: str) -> AsyncIterator[AbstractChannel]:
    read_odd_properties()
    connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    async with connection:
        yield await connection.channel(on_return_raises=True)


async def depths(channel: AbstractChannel, names: list[str]) -> Depths:
    """Count what waits in each queue; None for a queue that is not there."""
    found: Depths = {}
    for name in names:
        try:
            declared = await channel.declare_queue(name, passive=True)
        except ChannelNotFoundEntity:
            found[name] = None
            await channel.reopen()
        else:
            found[name] = declared.declaration_result.message_count
    return found


async def dead_letters(channel: AbstractChannel, service: str | None) -> list[DeadLetter]:
    """Take up the dead letters, `MOST_LETTERS` of each service at most.

    Those not settled go back when the channel closes.
    """
    letters: list[DeadLetter] = []
    for name in (service,) if service else SERVICES:
        queue = await channel.get_queue(topology.dead_letter_queue(name), ensure=False)
        taken = 0
        while taken < MOST_LETTERS and (message := await queue.get(fail=False)):
            letters.append(DeadLetter(name, message))
            taken += 1
    return letters
