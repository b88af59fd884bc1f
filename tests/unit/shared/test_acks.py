"""What is settled is acknowledged once, and nothing else ever is."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiormq.exceptions import ChannelInvalidStateError
from hypothesis import given
from hypothesis import strategies as st

from shared.acks import Acks


@dataclass
class BrokerChannel:
    """What RabbitMQ does with acknowledgements: one of a delivery it does not know is an error."""

    unacknowledged: set[int]
    put_back: set[int] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    frames: int = 0
    is_closed: bool = False

    async def basic_ack(self, tag: int, multiple: bool = False) -> None:  # noqa: FBT001, FBT002
        await asyncio.sleep(0)
        if self.is_closed:
            raise ChannelInvalidStateError("closed")
        if tag not in self.unacknowledged:
            self.refused.append(tag)
        self.frames += 1
        self.unacknowledged -= {
            each for each in self.unacknowledged if each == tag or (multiple and each < tag)
        }


@dataclass
class Delivered:
    """A message in hand."""

    of: BrokerChannel
    delivery_tag: int

    @property
    def channel(self) -> BrokerChannel:
        if self.of.is_closed:
            raise ChannelInvalidStateError("closed")
        return self.of

    async def nack(self) -> None:
        await asyncio.sleep(0)
        self.of.unacknowledged.remove(self.delivery_tag)
        self.of.put_back.add(self.delivery_tag)


async def finished() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


def deliveries(count: int) -> tuple[BrokerChannel, list[Any]]:
    channel = BrokerChannel(set(range(1, count + 1)))
    return channel, [Delivered(channel, tag) for tag in range(1, count + 1)]


@given(
    order=st.permutations(range(30)),
    pauses=st.sets(st.integers(0, 29)),
    unsettled=st.sets(st.integers(0, 29)),
    returned=st.sets(st.integers(0, 29)),
)
def test_in_any_order_of_settling_each_is_acknowledged_once_and_no_other(
    order: list[int], pauses: set[int], unsettled: set[int], returned: set[int]
) -> None:
    channel, messages = deliveries(30)

    async def settle_all() -> None:
        acks = Acks()
        for step, number in enumerate(order):
            if step in pauses:
                await asyncio.sleep(0)
            if number in unsettled:
                continue
            if number in returned:
                await acks.put_back(messages[number])
            else:
                acks.settled(messages[number])
        await finished()

    asyncio.run(settle_all())

    assert not channel.refused
    assert channel.unacknowledged == {number + 1 for number in unsettled}
    assert channel.put_back == {number + 1 for number in returned - unsettled}


async def test_what_is_settled_in_one_turn_goes_in_one_frame() -> None:
    channel, messages = deliveries(100)
    acks = Acks()

    for message in reversed(messages):
        acks.settled(message)
    await finished()

    assert channel.frames == 1
    assert not channel.unacknowledged


async def test_a_slow_one_in_front_holds_back_no_other() -> None:
    channel, [slow, *others] = deliveries(10)
    acks = Acks()

    for message in others:
        acks.settled(message)
    await finished()

    assert channel.unacknowledged == {slow.delivery_tag}


async def test_a_new_channel_counts_from_one_again_whatever_a_lost_one_had() -> None:
    lost, messages = deliveries(3)
    channel, anew = deliveries(3)
    acks = Acks()

    acks.settled(messages[1])
    lost.is_closed = True
    acks.settled(anew[2])
    acks.settled(messages[0])
    await acks.put_back(messages[2])
    await finished()
    before = channel.unacknowledged.copy()
    acks.settled(anew[0])
    await finished()

    assert before == {1, 2}
    assert channel.unacknowledged == {2}
    assert not lost.put_back | {*channel.refused, *lost.refused}
