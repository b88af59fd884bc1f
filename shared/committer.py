"""Group commit: the changes of all messages now waiting become one MongoDB transaction.

The inbox row of each message, its writes and its events are stored together, or nothing is. A group
closes when nothing more is waiting, so a lone message waits for nobody. One that fails is halved
until each of its messages stands alone: a bad one harms no other, an old version is computed anew.

Whoever waits for a unit may be cancelled; the unit is settled all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import structlog
from prometheus_client import Histogram

from shared.changes import Changes, Put, Remove
from shared.errors import ConflictError, UnavailableError
from shared.log import frames
from shared.outbox import Envelope, Outbox, envelope
from shared.transaction import Duplicate, Transaction

log = structlog.get_logger()

Work = Callable[[], Awaitable[Changes]]

GROUPS = Histogram(
    "wlc_group_size", "Messages per transaction.", buckets=(1, 2, 5, 10, 20, 50, 100)
)

TRIES_ON_CONFLICT = 8
REMEMBERED_GROUPS = 20


class Outcome(StrEnum):
    """What became of a message."""

    DONE = "done"
    DUPLICATE = "duplicate"


class Commits(Protocol):
    """What whoever has a change to make needs to know of the committer."""

    async def commit(self, message_id: str, work: Work) -> Outcome:
        """Make the changes that `work` computes true, once for this id.

        Returns when they are stored and their events are confirmed, or left to the sweep.
        Raises what `work` raises, ConflictError, and UnavailableError.
        """
        ...


@dataclass(slots=True, eq=False)
class Unit:
    """One message's changes, and who waits for them.

    `began` counts the commits that its reads may have seen; `keys` may be touched once in a group.
    """

    message_id: str
    work: Work
    began: int = 0
    changes: Changes = field(default_factory=Changes)
    envelopes: list[Envelope] = field(default_factory=list)
    keys: frozenset[tuple[str, str]] = frozenset()
    tries: int = 0
    settled: "asyncio.Future[Outcome]" = field(default_factory=asyncio.Future)

    async def compute(self, began: int) -> None:
        """Run the work on what is stored now."""
        self.began = began
        self.changes = await self.work()
        self.envelopes = [envelope(event) for event in self.changes.events]
        versioned = (write.key for write in self.changes.writes if isinstance(write, Put | Remove))
        self.keys = frozenset((*versioned, ("inbox", self.message_id)))


class Committer:
    """Gathers units of work into transactions, and sends their events."""

    def __init__(self, transaction: Transaction, outbox: Outbox, *, group_size: int) -> None:
        self._transaction = transaction
        self._outbox = outbox
        self._group_size = group_size
        self._waiting: list[Unit] = []
        self._in_hand: set[Unit] = set()
        self._idle = asyncio.Event()
        self._redoing: set[tuple[str, str]] = set()
        self._wake = asyncio.Event()
        self._commits = 0
        self._touched: dict[tuple[str, str], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    async def commit(self, message_id: str, work: Work) -> Outcome:
        """See Commits."""
        unit = Unit(message_id, work)
        await unit.compute(self._commits)
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run())
        self._in_hand.add(unit)
        self._idle.clear()
        self._waiting.append(unit)
        self._wake.set()
        return await unit.settled

    async def drain(self) -> None:
        """Wait until every unit is settled, whoever waited for it may have gone."""
        if self._in_hand:
            await self._idle.wait()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(0)
            group, stale = self._next_group()
            for unit in stale:
                self._spawn(self._compute_again(unit))
            if not group and not stale:
                self._wake.clear()
            if group:
                await self._settle_whatever_comes(group)

    def _next_group(self) -> tuple[list[Unit], list[Unit]]:
        """Take units that touch nothing twice, oldest first; what was outrun is to be redone.

        Of those that touch the same, one is redone at a time: the others would be outrun again.
        """
        group: list[Unit] = []
        stale: list[Unit] = []
        left: list[Unit] = []
        taken: set[tuple[str, str]] = set()
        for unit in self._waiting:
            mine = taken.isdisjoint(unit.keys) and self._redoing.isdisjoint(unit.keys)
            if mine and not self._is_fresh(unit):
                stale.append(unit)
                self._redoing |= unit.keys
            elif mine and len(group) < self._group_size:
                group.append(unit)
                taken |= unit.keys
            else:
                left.append(unit)
        self._waiting = left
        return group, stale

    def _is_fresh(self, unit: Unit) -> bool:
        """Whether nothing that the unit writes was committed here since it read."""
        return all(self._touched.get(key, 0) <= unit.began for key in unit.keys)

    async def _settle_whatever_comes(self, group: list[Unit]) -> None:
        """Settle a group; a bug met on the way fails it, and ends neither the loop nor the wait."""
        try:
            await self._settle(group)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            log.error("committer_broke", error_type=type(error).__name__, exc_frames=frames(error))  # noqa: TRY400
            self._fail([unit for unit in group if unit in self._in_hand], error)

    async def _settle(self, units: list[Unit]) -> None:
        """Commit these together; where that fails, find out for which of them it can be done."""
        try:
            await self._store(units)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is settled below
            await self._settle_failed(units, error)
        else:
            self._spawn(self._send(units))

    async def _settle_failed(self, units: list[Unit], error: Exception) -> None:
        """Let each message meet a failure alone, as far as there is anybody to ask."""
        match error:
            case Duplicate():
                await self._settle_unknown(units)
            case UnavailableError() if not await self._transaction.can_be_reached():
                self._fail(units, error)
            case _ if len(units) > 1:
                middle = len(units) // 2
                await self._settle(units[:middle])
                await self._settle(units[middle:])
            case ConflictError():
                self._spawn(self._compute_again(units[0], error))
            case _:
                self._fail(units, error)

    async def _settle_unknown(self, units: list[Unit]) -> None:
        """Leave out the messages that had their effect before, and commit the others."""
        try:
            known = await self._transaction.known([unit.message_id for unit in units])
        except UnavailableError as error:
            self._fail(units, error)
            return
        for unit in units:
            if unit.message_id in known:
                self._succeed(unit, Outcome.DUPLICATE)
        unknown = [unit for unit in units if unit.message_id not in known]
        if unknown:
            await self._settle(unknown)

    async def _compute_again(self, unit: Unit, error: ConflictError | None = None) -> None:
        unit.tries += 1 if error else 0
        if error and unit.tries > TRIES_ON_CONFLICT:
            self._fail([unit], error)
            return
        keys = unit.keys
        self._redoing |= keys
        try:
            await unit.compute(self._commits)
        except asyncio.CancelledError:
            self._fail([unit], UnavailableError("what it was computed from was broken off"))
            raise
        except Exception as failure:  # noqa: BLE001 - handed to whoever waits
            self._fail([unit], failure)
        else:
            self._waiting.insert(0, unit)
        finally:
            self._redoing -= keys
            self._wake.set()

    async def _store(self, units: Sequence[Unit]) -> None:
        await self._transaction.run(
            [unit.message_id for unit in units],
            [write for unit in units for write in unit.changes.writes],
            self._outbox.rows(item for unit in units for item in unit.envelopes),
        )
        GROUPS.observe(len(units))
        self._commits += 1
        for unit in units:
            for key in unit.keys:
                self._touched.pop(key, None)
                self._touched[key] = self._commits
        while len(self._touched) > REMEMBERED_GROUPS * self._group_size:
            self._touched.pop(next(iter(self._touched)))

    async def _send(self, units: Sequence[Unit]) -> None:
        """Publish; what cannot be published now is stored, and the sweep will see to it."""
        try:
            await self._outbox.send([item for unit in units for item in unit.envelopes])
        finally:
            for unit in units:
                self._succeed(unit, Outcome.DONE)

    def _succeed(self, unit: Unit, outcome: Outcome) -> None:
        self._let_go(unit)
        if not unit.settled.done():
            unit.settled.set_result(outcome)

    def _fail(self, units: Sequence[Unit], error: Exception) -> None:
        for unit in units:
            self._let_go(unit)
            if not unit.settled.done():
                unit.settled.set_exception(error)

    def _let_go(self, unit: Unit) -> None:
        self._in_hand.discard(unit)
        if not self._in_hand:
            self._idle.set()

    def _spawn(self, step: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(step)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
