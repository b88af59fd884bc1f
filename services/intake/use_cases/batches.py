"""A batch of submissions: many at once, and in order what depends on one another."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.intake.ports import Desk
from services.intake.use_cases.doors import receive_now
from services.intake.use_cases.reading import Arrival
from services.intake.use_cases.receiving import Received
from shared.committer import Commits

AT_ONCE = 200
BEFORE_ALL = -1


async def receive_all(arrivals: Sequence[Arrival], desk: Desk, commits: Commits) -> list[Received]:
    """Handle a batch; the answers come in the order of what was sent."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(index: int) -> tuple[int, Received]:
        async with limit:
            return index, await receive_now(arrivals[index], desk, commits)

    answers: dict[int, Received] = {}
    for wave in waves(arrivals):
        found = await asyncio.gather(*map(one, wave), return_exceptions=True)
        for each in found:
            if isinstance(each, BaseException):
                raise each
            answers[each[0]] = each[1]
    return [answers[index] for index in range(len(arrivals))]


def waves(arrivals: Sequence[Arrival]) -> list[list[int]]:
    """Divide a batch, by position, into waves of which each builds on those before.

    What changes something comes after all that spoke of it before; what speaks of something,
    after what changed it last.
    """
    found: list[list[int]] = []
    changed: dict[str, int] = defaultdict(lambda: BEFORE_ALL)
    spoken_of: dict[str, int] = defaultdict(lambda: BEFORE_ALL)
    for index, arrival in enumerate(arrivals):
        changes, mentions = set(_changes(arrival.data)), set(_mentions(arrival.data))
        earlier = [spoken_of[each] for each in changes] + [changed[each] for each in mentions]
        wave = max(earlier, default=BEFORE_ALL) + 1
        changed |= dict.fromkeys(changes, wave)
        spoken_of |= {each: max(spoken_of[each], wave) for each in changes | mentions}
        if wave == len(found):
            found.append([])
        found[wave].append(index)
    return found


def _changes(data: Any) -> Iterator[str]:
    """Name what a submission makes or changes: a person, an engagement, a session, a figure."""
    if not isinstance(data, Mapping):
        return
    yield from _texts(data, "reference", "session_id")
    if "measure" in data:
        yield "\n".join(_texts(data, "engagement_reference", "measure", "period"))


def _mentions(data: Any) -> Iterator[str]:
    """Name what must be there already."""
    if not isinstance(data, Mapping):
        return
    yield from _texts(data, "engagement_reference", "participant_reference")
    attendances = data.get("attendances")
    for each in attendances if isinstance(attendances, list) else ():
        yield from _changes(each)


def _texts(data: Mapping[str, Any], *names: str) -> Iterator[str]:
    return (data[name] for name in names if isinstance(data.get(name), str))
