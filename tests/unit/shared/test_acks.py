"""What is settled is acknowledged once, and nothing else ever is."""

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.acks import Acks
from tests.fakes.channel import BrokerChannel, Delivered


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
