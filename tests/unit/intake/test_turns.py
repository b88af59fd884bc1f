"""Who sends faster by AMQP than was agreed waits as long as those before it take."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.intake.use_cases.turns import Turns
from shared import topology
from shared.errors import TooFastError
from tests.builders.intake import NOW, publisher

SLOW = replace(publisher(), per_minute=60)


def taken(turns: Turns, at: datetime = NOW, *, has_waited: bool = False) -> float:
    """Return how long a message is to wait; 0 when it is its turn."""
    try:
        turns.take(SLOW, at, has_waited=has_waited)
    except TooFastError as error:
        return error.wait_seconds
    return 0


def test_a_minutes_messages_pass_at_once_and_each_further_one_waits_for_those_before_it() -> None:
    turns = Turns()

    waits = [taken(turns) for _ in range(160)]

    assert waits[:60] == [0] * 60
    assert waits[60:63] == [1, 1, 2]
    assert waits[-1] == 99
    assert waits[60:] == sorted(waits[60:])


def test_what_comes_back_in_its_turn_passes_and_all_have_passed_in_their_time() -> None:
    turns, passed, now = Turns(), 0, NOW
    waiting = [NOW + timedelta(seconds=wait) for _ in range(200) if (wait := taken(turns))]

    while waiting:
        now = min(waiting)
        waiting.remove(now)
        wait = taken(turns, now, has_waited=True)
        passed += not wait
        waiting += [now + timedelta(seconds=wait)] if wait else []

    assert passed == 140
    assert now <= NOW + timedelta(seconds=200)


def test_what_another_replica_let_in_is_not_waited_for_once_there_was_quiet() -> None:
    here, rested = Turns(), NOW + timedelta(minutes=10)
    for _ in range(160):
        taken(here)

    waits = [taken(here, rested) for _ in range(62)]

    assert waits[:60] == [0] * 60
    assert waits[60:] == [1, 1]


def test_others_do_not_wait_for_it_nor_whoever_has_no_pace() -> None:
    turns = Turns()
    while not taken(turns):
        pass

    for other in (replace(SLOW, name="another"), publisher("third")):
        turns.take(other, NOW, has_waited=False)


def test_a_pace_that_is_taken_away_holds_nobody_back() -> None:
    turns = Turns()
    while not taken(turns):
        pass

    turns.take(publisher(), NOW, has_waited=True)


@pytest.mark.parametrize(
    ("seconds", "tier"),
    [(1, "5s"), (5, "5s"), (5.1, "30s"), (300, "5m"), (900, "30m"), (1e6, "30m")],
)
def test_a_wait_is_kept_by_the_shortest_queue_that_is_long_enough(
    seconds: float, tier: str
) -> None:
    assert topology.tier_for(seconds) == tier
