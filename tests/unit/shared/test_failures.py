"""What travels with a message is believed as far as it can be true."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from faststream.rabbit import RabbitMessage
from pamqp import encode

from shared import topology
from shared.failures import ATTEMPT, attempts_of, failed_once_more


def requeued(attempt: Any) -> RabbitMessage:
    raw = SimpleNamespace(exchange=topology.REQUEUE)
    return cast("RabbitMessage", SimpleNamespace(headers={ATTEMPT: attempt}, raw_message=raw))


@pytest.mark.parametrize("attempt", [None, "many", [], {"a": 1}, 1.5, -5])
def test_tries_that_nobody_can_have_counted_are_none(attempt: Any) -> None:
    assert attempts_of(requeued(attempt)) == 0


@pytest.mark.parametrize("attempt", [3, 2**63 - 1])
def test_a_further_try_can_be_written_down_after_any_number(attempt: int) -> None:
    told = failed_once_more(requeued(attempt), "malformed", "")

    assert encode.field_table(dict(told))
    assert told[ATTEMPT] > min(attempt, 1000)
