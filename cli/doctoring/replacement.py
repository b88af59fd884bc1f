"""Replacing a queue whose arguments changed, without loss, while it is in use."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage

from cli.broker import CONFIRM_SECONDS
from cli.doctoring.copies import copy_of
from cli.doctoring.faults import MISSING, Declared, declare_queue, fault_of_queue, is_there
from cli.errors import REFUSED, CommandError
from shared.topology import ENGINE, MANY_LOOKS, REQUEUE, holding_queue

AT_ONCE = 200
TELL_EACH = 5_000
MADE = "it was missing and is made; what was said to it meanwhile was not kept for it"
LOOK_SECONDS = 0.2
QUIET_LOOKS = 3
"""A queue is deleted after so many looks in a row at which nothing of it lay or was in hand."""
MOST_LOOKS = 300
GONE_SECONDS = 2.0
"""A queue deleted and made again at once is taken by RabbitMQ 3.10 for the old one: it drops what
it should deliver to a reader that is still there. Until then each reader is told that it is gone.
"""

InHand = Callable[[], Awaitable[int | None]]
"""Tells how many messages of the queue its service has in hand; None when it cannot be asked."""
Tell = Callable[[str], None]


class StillReadError(CommandError):
    """Somebody has messages of the queue, which would be gone with it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"not replaced, because somebody reads {name} who may have messages of it in hand; "
            "stop who reads it, or all but one process of the service, and run it again.",
            REFUSED,
        )


class Replacement:
    """One queue on its way to the arguments it should have, or `forced` to a new one of the same.

    Its messages wait in a holding queue, which is bound as it is. Each is confirmed there before it
    leaves here, so whatever step is the last one, nothing is lost and the next run goes on from it.
    """

    def __init__(
        self,
        channel: AbstractChannel,
        queue: Declared,
        bindings: Sequence[Declared],
        *,
        in_hand: InHand,
        tell: Tell,
        forced: bool = False,
    ) -> None:
        self._channel = channel
        self._queue = queue
        self._name = str(queue["name"])
        self._holding = holding_queue(self._name)
        self._bindings = bindings
        self._in_hand = in_hand
        self._tell = tell
        self._forced = forced

    async def run(self) -> str | None:
        """Make, replace and bind the queue; say what was done, None when nothing was to do."""
        fault = await fault_of_queue(self._channel, self._queue)
        if fault != MISSING and (fault or self._forced):
            await self._put_aside()
        await declare_queue(self._channel, self._queue)
        brought_back = await self._bring_back()
        if brought_back is None:
            return MADE if fault else None
        return f"it is replaced ({fault or 'a run before had begun it'}); moved: {brought_back}"

    async def _put_aside(self) -> None:
        if await self._is_held(self._name) is None:
            await self._bind(self._name)
            raise StillReadError(self._name)
        if not await is_there(self._channel, self._holding):
            patient = {"name": self._holding, "arguments": self._patient_arguments()}
            await declare_queue(self._channel, patient)
        await self._bind(self._holding)
        await self._unbind(self._name)
        try:
            await self._drain(self._name, self._holding)
        except StillReadError:
            await self._bring_back()
            raise
        await self._delete(self._name)
        await asyncio.sleep(GONE_SECONDS)

    async def _bring_back(self) -> int | None:
        """Let messages go to the queue again, with those held; None when there was no holding."""
        await self._bind(self._name)
        if not await is_there(self._channel, self._holding):
            return None
        await self._unbind(self._holding)
        moved = await self._drain(self._holding, self._name)
        await self._delete(self._holding)
        return moved

    def _patient_arguments(self) -> dict[str, object]:
        """Let a message that expires go where it would go, and count no looks at it."""
        kept = {
            name: value
            for name, value in self._queue["arguments"].items()
            if name not in {"x-max-length", "x-max-length-bytes"}
        }
        return {**ENGINE, **kept, "x-delivery-limit": MANY_LOOKS}

    async def _drain(self, source: str, target: str) -> int:
        """Move all, and what readers give back, until nobody has anything of it."""
        moved, quiet = 0, 0
        for look in count():
            just_moved = await self._move(source, target)
            moved += just_moved
            quiet = 0 if just_moved or await self._is_held(source) is not False else quiet + 1
            if quiet == QUIET_LOOKS:
                break
            if look > MOST_LOOKS and not just_moved:
                raise StillReadError(self._name)
            await asyncio.sleep(LOOK_SECONDS)
        return moved

    async def _move(self, source: str, target: str) -> int:
        """Move what lies there now."""
        exchange = await self._channel.get_exchange(REQUEUE, ensure=False)
        moved = 0
        while batch := await self._taken(source):
            await _publish(exchange, batch, target)
            await batch[-1].ack(multiple=True)
            moved += len(batch)
            if moved % TELL_EACH < len(batch):
                self._tell(f"moved from {source} to {target}: {moved}")
        return moved

    async def _taken(self, name: str) -> list[AbstractIncomingMessage]:
        queue = await self._channel.get_queue(name, ensure=False)
        batch: list[AbstractIncomingMessage] = []
        while len(batch) < AT_ONCE and (message := await queue.get(fail=False)):
            batch.append(message)
        return batch

    async def _is_held(self, name: str) -> bool | None:
        """Whether anybody has or can get a message of it; None when that cannot be known.

        RabbitMQ counts as a reader whoever still has an unsettled message.
        """
        declared = (await self._channel.declare_queue(name, passive=True)).declaration_result
        if not declared.consumer_count:
            return bool(declared.message_count)
        in_hand = await self._in_hand()
        if declared.consumer_count > 1 or in_hand is None:
            return None
        return bool(declared.message_count or in_hand)

    async def _bind(self, name: str) -> None:
        """Bind it as the queue should be, and under its own name."""
        queue = await self._channel.get_queue(name, ensure=False)
        for source, key in self._keys(name):
            await queue.bind(source, key)

    async def _unbind(self, name: str) -> None:
        queue = await self._channel.get_queue(name, ensure=False)
        for source, key in self._keys(name):
            if key != self._holding:
                await queue.unbind(source, key)

    def _keys(self, name: str) -> list[tuple[str, str]]:
        keys = [(str(each["source"]), str(each["routing_key"])) for each in self._bindings]
        return [*keys, (REQUEUE, name)] if name == self._holding else keys

    async def _delete(self, name: str) -> None:
        queue = await self._channel.get_queue(name, ensure=False)
        await queue.delete(if_unused=False, if_empty=False)


async def _publish(
    exchange: AbstractExchange, batch: Sequence[AbstractIncomingMessage], target: str
) -> None:
    async with asyncio.timeout(CONFIRM_SECONDS):
        await asyncio.gather(*(exchange.publish(copy_of(each), target) for each in batch))
