"""Submitting over AMQP: publish with confirms, then wait in the publisher's queue for answers."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import ClassVar

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelPreconditionFailed,
    DeliveryError,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.broker import AWAY
from cli.doors import Door, Parcel, Result, rejected
from cli.errors import CommandError, unreachable
from cli.outcomes import Status
from cli.places import PUBLISHER_AMQP_URL, account_of
from deploy.local.state import PublisherAccess
from shared.contracts.base import CONTENT_TYPE
from shared.contracts.submissions import SubmissionState
from shared.topology import INBOUND, answer_queue

CONNECT_SECONDS = 10.0
CONFIRM_SECONDS = 30.0


class Answer(BaseModel):
    """The part of an answering event that is looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: SubmissionState


class AmqpDoor:
    """The exchange `inbound` as one publisher, whose own account the broker vouches for.

    Intake answers an event by AMQP once. About one that it had before, the `second` door is asked.
    """

    most_events: ClassVar[int] = 5_000
    most_characters: ClassVar[int] = 50_000_000

    def __init__(
        self, publisher: PublisherAccess, *, wait_seconds: float, second: Door | None = None
    ) -> None:
        if not publisher.amqp_url:
            raise CommandError(
                f"no AMQP address is known for publisher {publisher.name!r}; "
                f"set {PUBLISHER_AMQP_URL}."
            )
        self._url = publisher.amqp_url
        self._user = account_of(publisher.amqp_url)
        self._wait_seconds = wait_seconds
        self._second = second
        self._runner = asyncio.Runner()
        self._asked: dict[str, asyncio.Future[Result]] = {}
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None

    def submit(self, parcels: Sequence[Parcel]) -> list[Result]:
        """Send a batch; raises CommandError when the broker cannot be reached."""
        try:
            results = self._runner.run(self._submit(parcels))
        except AWAY as error:
            raise unreachable("RabbitMQ", PUBLISHER_AMQP_URL) from error
        still_open = [i for i, one in enumerate(results) if one.status is Status.UNANSWERED]
        for index, result in zip(still_open, self._asked_again(parcels, still_open), strict=False):
            results[index] = result
        return results

    def close(self) -> None:
        """Let go of the connection; answers to others go back to the queue."""
        if self._second is not None:
            self._second.close()
        if self._connection is not None:
            with suppress(*AWAY):
                self._runner.run(self._connection.close())
        self._runner.close()

    async def _submit(self, parcels: Sequence[Parcel]) -> list[Result]:
        connection = await self._connected()
        refusals = [await self._publish(connection, parcel) for parcel in parcels]
        sent = zip(parcels, refusals, strict=True)
        open_answers = [self._asked[str(p.id)] for p, refusal in sent if refusal is None]
        await self._wait_for(open_answers)
        answered = zip(parcels, refusals, strict=True)
        return [refusal or self._answer_to(parcel) for parcel, refusal in answered]

    async def _wait_for(self, answers: Sequence[asyncio.Future[Result]]) -> None:
        """Wait until all are there, or no further one comes for a while."""
        pending = set(answers)
        while pending:
            heard, pending = await asyncio.wait(
                pending, timeout=self._wait_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if not heard:
                return

    def _asked_again(self, parcels: Sequence[Parcel], still_open: list[int]) -> Iterator[Result]:
        if self._second is None:
            return
        step = self._second.most_events
        for start in range(0, len(still_open), step):
            batch = [parcels[index] for index in still_open[start : start + step]]
            try:
                yield from self._second.submit(batch)
            except CommandError:
                return

    def _answer_to(self, parcel: Parcel) -> Result:
        future = self._asked[str(parcel.id)]
        return future.result() if future.done() else Result(status=Status.UNANSWERED)

    async def _connected(self) -> AbstractConnection:
        if self._connection is None:
            self._connection = await aio_pika.connect(self._url, timeout=CONNECT_SECONDS)
            listening = await self._connection.channel()
            queue = await listening.get_queue(answer_queue(self._user), ensure=False)
            await queue.consume(self._on_answer)
        return self._connection

    async def _publish(self, connection: AbstractConnection, parcel: Parcel) -> Result | None:
        """Hand it to the broker; return why it was refused, None when it was taken."""
        if not parcel.id or not parcel.type:
            where = "/type" if parcel.id else "/id"
            return rejected("missing", "By AMQP an event needs an id and a type.", where)
        loop = asyncio.get_running_loop()
        self._asked.setdefault(parcel.id, loop.create_future())
        try:
            if self._channel is None or self._channel.is_closed:
                self._channel = await connection.channel()
            inbound = await self._channel.get_exchange(INBOUND, ensure=False)
            message = _message(parcel, self._user)
            await inbound.publish(message, parcel.type, timeout=CONFIRM_SECONDS)
        except ChannelAccessRefused:
            sentence = f"Publisher {self._user} is not permitted to send this type by AMQP."
            return rejected("type-not-permitted", sentence, "/type")
        except ChannelPreconditionFailed:
            return rejected("too-large", "The event is larger than the broker takes.")
        except DeliveryError:
            return rejected("queue-full", "The broker's queue is full; send it again later.")
        return None

    async def _on_answer(self, message: AbstractIncomingMessage) -> None:
        """Take what answers us; the rest stays unacknowledged, for whoever sent it."""
        try:
            state = Answer.model_validate_json(message.body).data
        except ValidationError:
            return
        future = self._asked.get(state.event_id)
        if future is None:
            return
        await message.ack()
        if not future.done():
            future.set_result(_result(state))


def _message(parcel: Parcel, user: str) -> aio_pika.Message:
    return aio_pika.Message(
        parcel.text.encode(),
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=parcel.id,
        type=parcel.type,
        user_id=user,
    )


def _result(state: SubmissionState) -> Result:
    return Result(
        id=state.event_id,
        status=Status(state.status.value),
        submission_id=state.submission_id,
        faults=state.faults,
        notes=state.notes,
    )
