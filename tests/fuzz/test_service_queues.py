"""Junk in a service's own queue ends with its dead letters, which say why and nothing personal."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import topology
from shared.contracts import EVENT_BY_TYPE
from shared.failures import ATTEMPT, ERROR_CODE, FAILED_AT, FIRST_FAILED_AT, HANDLER
from tests.fuzz.bystander import Bystander, Letter, wait_for
from tests.fuzz.documents import FEW, sample, written
from tests.fuzz.gateway import Gateway
from tests.fuzz.properties import RawProperties
from tests.unit.intake.json_values import JSON, SECRET

HEARD = st.sampled_from([*EVENT_BY_TYPE])
NO_EVENT = st.binary(max_size=300) | JSON.map(written) | st.just(b"[" * 100_000)
NOT_OF_ITS_TYPE = HEARD.map(lambda each: written(sample(each) | {"data": SECRET}))
ATTEMPTS = st.sampled_from([None, True, 0, 3, -5, 2**63 - 1, 1.5, "many", [], {"a": 1}])


@st.composite
def junk(draw: st.DrawFn) -> Letter:
    properties = RawProperties(
        message_type=draw(st.sampled_from(["", "wlc.invented.v1"]) | HEARD),
        message_id=draw(st.sampled_from(["", "m-1"])),
        correlation_id=draw(st.sampled_from(["", "c-1"])),
        content_type=draw(st.sampled_from(["", "text/plain"])),
        headers={ATTEMPT: draw(ATTEMPTS), "x-death": SECRET, SECRET: SECRET},
    )
    return Letter(draw(NO_EVENT | NOT_OF_ITS_TYPE), "", properties)


@pytest.mark.parametrize("service", topology.ROUTES)
def test_junk_ends_with_the_dead_letters_with_its_reason(
    gateway: Gateway, bystander: Bystander, service: str
) -> None:
    queue, sent = topology.queue(service), list[Letter]()

    @FEW
    @given(st.lists(junk(), min_size=1, max_size=5))
    def requeue(drawn: list[Letter]) -> None:
        letters = [Letter(each.body, queue, each.properties) for each in drawn]
        bystander.requeue(letters)
        sent.extend(letters)

    requeue()

    buried = topology.dead_letter_queue(service)
    assert wait_for(lambda: bystander.depth(buried), len(sent)) == len(sent)
    dead: list[Any] = bystander.dead(service)
    assert {each.headers[ERROR_CODE] for each in dead} == {"malformed"}
    assert all(each.headers[ATTEMPT] >= 1 and HANDLER in each.headers for each in dead)
    assert all(moment(each, FIRST_FAILED_AT) <= moment(each, FAILED_AT) for each in dead)
    assert SECRET not in str([each.headers for each in dead])
    assert gateway.broken_off() == {}
    assert SECRET not in gateway.logged()
    assert SECRET not in gateway.measured()


def moment(message: Any, name: str) -> datetime:
    return datetime.fromisoformat(message.headers[name])
