"""What is told of a message that could not be handled."""

import json
from typing import Any

import pytest
from aio_pika import IncomingMessage
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from cli.broker import DeadLetter
from shared import topology
from shared.delivery import ORIGIN

EVENT = {
    "type": "wlc.match.approved.v1",
    "subject": "m-1",
    "correlationid": "c-1",
    "data": {"title": "Leaving the ward"},
}


def a_dead_letter(body: bytes, *, origin: str = topology.EVENTS, **properties: Any) -> DeadLetter:
    header = ContentHeader(
        body_size=len(body),
        properties=Basic.Properties(headers={ORIGIN: origin}, **properties),
    )
    delivery = Basic.Deliver(delivery_tag=1, exchange=topology.RETRY)
    message = DeliveredMessage(delivery=delivery, header=header, body=body, channel=None)  # type: ignore[arg-type]
    return DeadLetter("matching", IncomingMessage(message))


def test_a_message_without_properties_is_told_of_by_its_envelope() -> None:
    letter = a_dead_letter(json.dumps(EVENT).encode())

    told = letter.as_json()

    assert (told["type"], told["subject"]) == ("wlc.match.approved.v1", "m-1")
    assert told["correlation_id"] == "c-1"
    assert "ward" not in json.dumps(told)


def test_the_properties_of_a_message_come_before_its_envelope() -> None:
    letter = a_dead_letter(
        json.dumps(EVENT).encode(), message_type="wlc.other.v1", correlation_id="c-2"
    )

    assert (letter.type, letter.correlation_id) == ("wlc.other.v1", "c-2")


def test_what_another_system_took_for_a_subject_is_not_told() -> None:
    submission = json.dumps(EVENT | {"subject": "Ann Lee"}).encode()

    letter = a_dead_letter(submission, origin=topology.INBOUND)

    assert letter.subject == ""


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b'{"subject": {"name": "Ann Lee"}}'])
def test_a_body_that_is_no_event_is_told_of_without_it(body: bytes) -> None:
    told = a_dead_letter(body, message_id="e-1").as_json()

    assert (told["message_id"], told["type"], told["subject"]) == ("e-1", "", "")
    assert "Ann" not in json.dumps(told)
