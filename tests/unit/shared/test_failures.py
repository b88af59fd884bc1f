"""What travels with a message is believed as far as it can be true."""

from typing import Any

import pytest
from pamqp import encode

from shared import topology
from shared.failures import ATTEMPT, attempts_of, failed_once_more, has_waited_its_turn
from tests.fakes.channel import BrokerChannel, Delivered


def requeued(attempt: Any) -> Any:
    headers = {ATTEMPT: attempt}
    return Delivered(BrokerChannel(set()), 1, exchange=topology.REQUEUE, headers=headers)


@pytest.mark.parametrize("attempt", [None, "many", [], {"a": 1}, 1.5, -5])
def test_tries_that_nobody_can_have_counted_are_none(attempt: Any) -> None:
    assert attempts_of(requeued(attempt)) == 0


@pytest.mark.parametrize("attempt", [3, 2**63 - 1])
def test_a_further_try_can_be_written_down_after_any_number(attempt: int) -> None:
    told = failed_once_more(requeued(attempt), "malformed", "")

    assert encode.field_table(dict(told))
    assert told[ATTEMPT] > min(attempt, 1000)


def test_to_wait_for_ones_turn_counts_as_no_failure_and_is_known_when_it_is_over() -> None:
    told = failed_once_more(requeued(3), "too-fast", "")
    back = requeued(3)
    back.headers = dict(told)
    forged = Delivered(BrokerChannel(set()), 1, exchange=topology.INBOUND, headers=dict(told))

    assert told[ATTEMPT] == 3
    assert has_waited_its_turn(back)
    assert not has_waited_its_turn(forged)  # type: ignore[arg-type]
