"""Whatever comes late, doubled, or is lost and comes again: every service ends as if it had not.

Intake hears what a publisher says, in the order that it counts and dates. Longer:
`HYPOTHESIS_PROFILE=long`.
"""

import asyncio
from collections.abc import Sequence
from typing import ClassVar, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.changes import Changes
from shared.contracts.base import Event
from shared.errors import ConflictError
from tests.builders.threads import Thread
from tests.fakes.intake_service import IntakeListens
from tests.fakes.listeners import Console, MatchingListens, Notification, Scheduling

T = TypeVar("T")
SHARE = 2
STEPS = 50
AT_ONCE = 8
NEXT = 6
A_FEW = 3
LONG = 200


class AnyOrder(RuleBasedStateMachine):
    """A service hears a history in any order, and its twin hears the same as it happened.

    From time to time both have heard all, and do what is due: then they stand the same. In between
    nothing that is due is done: whom a draw names, or which venue is free, is decided at a moment,
    by what is known then.
    """

    service: ClassVar[type[Console]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.pair = self.service()
        self.waiting: list[Event] = []
        self.heard: list[Event] = []
        self.in_hand: list[tuple[Event, Changes]] = []

    @initialize()
    def begins(self) -> None:
        """People join, and engagements are published; nobody has heard of any yet."""
        for kind, thread in self.pair.beginnings():
            self._tell(kind, thread, 0)

    @rule(data=st.data(), lots=st.lists(st.integers(0, 1), min_size=1, max_size=AT_ONCE))
    def happens(self, data: st.DataObject, lots: list[int]) -> None:
        """Something happens; the twin hears of it at once."""
        for lot in lots:
            if seldom := self.pair.seldom_told()[:NEXT]:
                kind = _one_of(seldom, data)
                self._tell(kind, _one_of(self.pair.who_can(kind), data), lot)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def comes(self, data: st.DataObject) -> None:
        """One event comes, whichever."""
        self._hear(_one_of(self.waiting, data))

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def comes_again(self, data: st.DataObject) -> None:
        """One event comes a second time."""
        self._hear(_one_of(self.heard, data))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def is_read(self, data: st.DataObject) -> None:
        """A replica computes what follows from an event, and has not kept it yet."""
        event = _one_of(self.waiting, data)
        self.in_hand.append((event, self.runner.run(self.pair.late.read(event))))

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data(), is_lost=st.booleans())
    def is_kept(self, data: st.DataObject, *, is_lost: bool) -> None:
        """What was computed is kept, or lost; what was outrun is computed anew."""
        found = _one_of(self.in_hand, data)
        self.in_hand.remove(found)
        event, changes = found
        if is_lost:
            return
        try:
            self.pair.late.keep(event, changes)
        except ConflictError:
            self._hear(event)
        self._note(event)

    @precondition(lambda self: len(self.waiting) > A_FEW)
    @rule(data=st.data())
    def all_has_come(self, data: st.DataObject) -> None:
        """All that is left comes, and what is due is done."""
        order = data.draw(st.permutations(range(len(self.waiting))))
        self._end([self.waiting[each] for each in order])

    def teardown(self) -> None:
        """All that is left comes, in the order of its ids."""
        try:
            self._end(sorted(self.waiting, key=lambda each: each.id))
        finally:
            self.runner.close()

    def _end(self, order: list[Event]) -> None:
        for event, changes in self.in_hand:
            try:
                self.pair.late.keep(event, changes)
            except ConflictError:
                self._hear(event)
        for event in order:
            self._hear(event)
        self.in_hand.clear()
        self.runner.run(self.pair.rest())
        plain = self.pair.plain()
        assert self.pair.late.stands(plain) == self.pair.clean.stands(plain)

    def _tell(self, kind: type[Event], thread: Thread, lot: int) -> None:
        self.waiting.append(self.pair.tell(kind, thread, lot))
        self.runner.run(self.pair.clean.hear(self.waiting[-1]))

    def _hear(self, event: Event) -> None:
        self.runner.run(self.pair.late.hear(event))
        self._note(event)

    def _note(self, event: Event) -> None:
        if event in self.waiting:
            self.waiting.remove(event)
            self.heard.append(event)


def _one_of(things: Sequence[T], data: st.DataObject) -> T:
    return things[data.draw(st.integers(0, len(things) - 1))]


SERVICES = pytest.mark.parametrize(
    "service",
    [Console, Notification, MatchingListens, Scheduling, IntakeListens],
    ids=lambda each: each.__name__,
)


@SERVICES
def test_a_service_ends_the_same_in_whatever_order_it_hears(service: type[Console]) -> None:
    machine = type(service.__name__, (AnyOrder,), {"service": service})
    examples = settings().max_examples // SHARE

    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=STEPS)
    )


@SERVICES
async def test_whatever_a_service_hears_of_happens_in_its_histories(
    service: type[Console],
) -> None:
    pair = service()
    for kind, thread in pair.beginnings():
        await pair.clean.hear(pair.tell(kind, thread, 0))

    for number in range(LONG):
        for kind in pair.seldom_told()[:1]:
            await pair.clean.hear(pair.tell(kind, pair.who_can(kind)[0], number % 2))
        if number % A_FEW == 0:
            await pair.rest()

    assert pair.untold() == set()
