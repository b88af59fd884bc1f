"""Whatever other systems publish is accepted, rejected or buried with a reason, each once."""

import time
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.faults import UnreadableError
from services.intake.domain.json_text import EVENT_BYTES, canonical, read_json
from shared import topology
from shared.contracts.submissions import SubmissionAccepted, SubmissionRejected
from shared.failures import ERROR_CODE
from tests.fuzz.bystander import Bystander, Letter, wait_for
from tests.fuzz.documents import FEW, SUBMISSION_TYPES, submissions, written
from tests.fuzz.gateway import Gateway
from tests.fuzz.properties import MALFORMED, RawProperties
from tests.unit.intake.json_values import SECRET

PUBLISHER = "nwl-trust"
LOOK_AGAIN_SECONDS = 10
"""What comes twice comes by then: a second look and a first further try take 5 s each."""
ANSWERS = [SubmissionAccepted.TYPE, SubmissionRejected.TYPE]
DEAD = topology.dead_letter_queue("intake")

BODIES = (
    submissions().map(written)
    | st.binary(max_size=300)
    | st.sampled_from([b"[" * 100_000, b"9" * 300_000, b"\xff" * 300_000, b'{"a":' * 50_000])
)
TEXT = st.none() | st.sampled_from(["", SECRET, "é" * 127, "wlc.participant.submitted.v1", "1"])
KINDS = st.sampled_from(
    ["application/cloudevents+json", "application/json", "text/plain", "JSON;;", None, "x" * 255]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(width=32, allow_nan=False, allow_infinity=False)
    | st.binary(max_size=8).map(bytearray)
    | st.sampled_from([SECRET, "inbound", "events", "x" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(
    ["x-attempt", "x-error-code", "x-origin", "x-user", "x-first-failed-at", "x-death", SECRET]
)


@st.composite
def letters(draw: st.DrawFn) -> Letter:
    properties = RawProperties(
        user_id=draw(st.sampled_from([PUBLISHER, PUBLISHER, PUBLISHER, None])),
        content_type=draw(KINDS),
        message_id=draw(TEXT),
        correlation_id=draw(TEXT),
        message_type=draw(TEXT),
        reply_to=draw(TEXT),
        app_id=draw(TEXT),
        headers=draw(st.dictionaries(NAMES, VALUES, max_size=4)),
        delivery_mode=draw(st.sampled_from([1, 2])),
        priority=draw(st.sampled_from([None, 0, 255])),
    )
    for name, value in draw(st.just({}) | st.sampled_from([*MALFORMED.values()])).items():
        setattr(properties, name, value)
    return Letter(draw(BODIES), draw(st.sampled_from(SUBMISSION_TYPES)), properties)


def told_apart(body: bytes) -> bytes:
    """Return by what an answer is of this message alone: its id, else all that intake reads."""
    try:
        event = read_json(body, most_bytes=EVENT_BYTES)
    except UnreadableError:
        return body[:EVENT_BYTES]
    own_id = event.get("id") if isinstance(event, dict) else None
    return canonical(own_id if isinstance(own_id, str) else event)


def published(bystander: Bystander) -> set[bytes]:
    """Publish anything, nothing of it twice, and return by what it is told apart."""
    sent: set[bytes] = set()

    @FEW
    @given(st.lists(letters(), min_size=1, max_size=10))
    def publish(drawn: list[Letter]) -> None:
        new = {told_apart(each.body): each for each in drawn}
        bystander.submit([each for body, each in new.items() if body not in sent])
        sent.update(new)

    publish()
    return sent


def answers(gateway: Gateway) -> Counter[str | bytes]:
    """Return the id of each submission as often as it was answered."""
    rows = gateway.rows("console", "trace", type={"$in": ANSWERS})
    return Counter(row["subject"] for row in rows)


def test_each_message_is_answered_once_or_buried_with_its_reason(
    gateway: Gateway, bystander: Bystander
) -> None:
    before = answers(gateway)
    sent = published(bystander)

    wait_for(lambda: (answers(gateway) - before).total() + bystander.depth(DEAD), len(sent))
    time.sleep(LOOK_AGAIN_SECONDS)

    dead: list[Any] = bystander.dead("intake")
    settled = answers(gateway) - before + Counter(told_apart(each.body) for each in dead)
    assert {name: times for name, times in settled.items() if times > 1} == {}
    assert len(settled) == len(sent)
    assert bystander.depth(topology.queue("intake")) == 0
    assert gateway.broken_off() == {}
    assert [each for each in dead if not each.headers.get(ERROR_CODE)] == []
    assert SECRET not in str([each.headers for each in dead])
    assert SECRET not in gateway.logged()
    assert SECRET not in gateway.measured()
