"""What lies in queues, searched and given back; dead letters about the forgotten are dropped."""

from collections.abc import Collection

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.exceptions import ChannelNotFoundEntity

from cli.broker import DeadLetter, dead_letters
from cli.erasing.files import Searched
from cli.erasing.marks import Marks
from deploy.accounts import PUBLISHERS
from shared.topology import UNROUTED_QUEUE, answer_queue

MOST_LOOKED_AT = 10_000


async def about_them(
    channel: AbstractChannel, marks: Marks, ids: Collection[str], handles: Collection[str]
) -> list[DeadLetter]:
    """Return the dead letters of all services that name somebody, by mark, id or digest."""
    names = [each.encode() for each in ids]
    return [
        letter
        for letter in await dead_letters(channel, None)
        if letter.says(names) or not letter.about.isdisjoint(handles) or letter.has(marks)
    ]


async def search_queues(
    channel: AbstractChannel, marks: Marks, handles: Collection[str]
) -> list[Searched]:
    """Search the dead letters, what nobody took, and the answers to publishers."""
    letters = await dead_letters(channel, None)
    naming = [each for each in letters if each.has(marks) or not each.about.isdisjoint(handles)]
    found = tuple(dict.fromkeys(f"{each.service}" for each in naming))
    others = [UNROUTED_QUEUE, *(answer_queue(each.name) for each in PUBLISHERS)]
    return [
        Searched("dead letters", len(letters), found),
        *[await _searched(channel, name, marks) for name in others],
    ]


async def _searched(channel: AbstractChannel, name: str, marks: Marks) -> Searched:
    """Search a queue; what was taken goes back when the channel closes."""
    held = await _taken(channel, name)
    found = sum(marks.are_in(each.body) for each in held)
    return Searched(f"queue {name}", len(held), (f"{found} messages",) if found else ())


async def _taken(channel: AbstractChannel, name: str) -> list[AbstractIncomingMessage]:
    held: list[AbstractIncomingMessage] = []
    try:
        queue = await channel.get_queue(name, ensure=False)
        while len(held) < MOST_LOOKED_AT and (message := await queue.get(fail=False)):
            held.append(message)
    except ChannelNotFoundEntity:
        await channel.reopen()
    return held
