"""What lies in queues, searched and given back; dead letters of the forgotten are dropped."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity

from cli.audited import told_as
from cli.broker import MOST_LETTERS, DeadLetter, dead_letters
from cli.erasing.files import Searched
from cli.erasing.marks import Marks
from deploy.accounts import PUBLISHERS
from shared.topology import ANSWER_QUEUE_LENGTH, UNROUTED_QUEUE, answer_queue

MOST_LOOKED_AT = ANSWER_QUEUE_LENGTH
NOT_ALL = "not all was searched"


def theirs_alone(
    letters: Iterable[DeadLetter], ids: Collection[str], handles: Collection[str]
) -> list[DeadLetter]:
    """Return the dead letters that are of one of them, and of nobody else.

    What names them by a word only may be of others, and a match has a whole panel: these stay.
    """
    return [
        letter
        for letter in letters
        if letter.subject in ids or not letter.about.isdisjoint(handles)
    ]


def are_all(letters: Iterable[DeadLetter]) -> bool:
    """Whether these are all the dead letters there are, and not as many as are taken up at once."""
    return MOST_LETTERS not in Counter(each.service for each in letters).values()


async def search_queues(
    channel: AbstractChannel, marks: Marks, handles: Collection[str]
) -> list[Searched]:
    """Search the dead letters, what nobody took, and the answers to publishers."""
    others = [UNROUTED_QUEUE, *(answer_queue(each.name) for each in PUBLISHERS)]
    return [
        searched_letters(await dead_letters(channel, None), marks, handles),
        *[await _searched(channel, name, marks) for name in others],
    ]


def searched_letters(
    letters: Sequence[DeadLetter], marks: Marks, handles: Collection[str]
) -> Searched:
    """Name the dead letters in which something of the forgotten is left."""
    naming = [each for each in letters if each.has(marks) or not each.about.isdisjoint(handles)]
    found = [f"{each.service}/{told_as(each.id)}" for each in naming]
    if not are_all(letters):
        found.append(NOT_ALL)
    return Searched("dead letters", len(letters), tuple(found))


async def _searched(channel: AbstractChannel, name: str, marks: Marks) -> Searched:
    """Search a queue; what was taken goes back when the channel closes."""
    looked_at, naming = 0, 0
    try:
        queue = await channel.get_queue(name, ensure=False)
        while looked_at < MOST_LOOKED_AT and (message := await queue.get(fail=False)):
            looked_at += 1
            naming += marks.are_in(message.body)
    except ChannelNotFoundEntity:
        await channel.reopen()
    found = (f"{naming} messages",) if naming else ()
    return Searched(
        f"queue {name}", looked_at, (*found, NOT_ALL) if looked_at == MOST_LOOKED_AT else found
    )
