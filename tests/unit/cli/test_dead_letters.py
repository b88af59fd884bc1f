"""What is told of a message that could not be handled."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aio_pika import IncomingMessage
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from cli.broker import DeadLetter
from cli.errors import CommandError
from cli.selecting import Selection, check_meant, chosen
from shared import topology
from shared.failures import ATTEMPT, ERROR_CODE, FAILED_AT, ORIGIN, USER

EVENT = {
    "type": "wlc.match.approved.v1",
    "subject": "m-1",
    "correlationid": "c-1",
    "data": {"title": "Leaving the ward"},
}


def a_dead_letter(
    body: bytes = b"{}",
    *,
    service: str = "matching",
    origin: str = topology.EVENTS,
    headers: dict[str, Any] | None = None,
    exchange: str = topology.RETRY,
    **properties: Any,
) -> DeadLetter:
    header = ContentHeader(
        body_size=len(body),
        properties=Basic.Properties(headers={ORIGIN: origin, **(headers or {})}, **properties),
    )
    delivery = Basic.Deliver(delivery_tag=1, exchange=exchange)
    message = DeliveredMessage(delivery=delivery, header=header, body=body, channel=None)  # type: ignore[arg-type]
    return DeadLetter(service, IncomingMessage(message))


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


def failed(code: str, ago: timedelta) -> dict[str, Any]:
    return {ERROR_CODE: code, FAILED_AT: (datetime.now(UTC) - ago).isoformat()}


def test_letters_are_selected_by_type_reason_and_age() -> None:
    old_rule = a_dead_letter(
        headers=failed("rule", timedelta(days=3)), message_type="wlc.reply.left.v1"
    )
    new_rule = a_dead_letter(headers=failed("rule", timedelta(minutes=5)), message_type="wlc.a.v1")
    old_bug = a_dead_letter(headers=failed("KeyError", timedelta(hours=3)), message_type="wlc.a.v1")
    undated = a_dead_letter(message_type="wlc.a.v1")
    letters = [old_rule, new_rule, old_bug, undated]

    assert Selection().of(letters) == letters
    assert Selection(code="rule").of(letters) == [old_rule, new_rule]
    assert Selection(type="wlc.a.v1", older_than="2h").of(letters) == [old_bug]
    assert Selection(older_than="2d").of(letters) == [old_rule]


def test_every_fault_of_a_selection_is_named_at_once() -> None:
    with pytest.raises(CommandError, match=r"'match' is no service.*'soon' is no age"):
        Selection(service="match", older_than="soon")


def test_what_a_stranger_wrote_is_neither_believed_nor_shown_raw() -> None:
    forged = {
        ATTEMPT: "abc",
        ERROR_CODE: "evil \x1b[2J",
        FAILED_AT: "now",
        ORIGIN: topology.EVENTS,
        "x-first-death-reason": "expired",
    }

    told = a_dead_letter(
        headers=forged, exchange=topology.DEAD, message_id="\x1b[31mred", message_type="\x07"
    ).as_json()

    assert (told["reason"], told["attempts"], told["failed_at"]) == ("expired", 1, "")
    assert told["message_id"] == "\N{REPLACEMENT CHARACTER}[31mred"
    assert "\x1b" not in "".join(map(str, told.values()))
    assert "\x07" not in told["type"]


@pytest.mark.parametrize(
    ("ids", "everything", "said"),
    [
        (["e-1"], True, "name messages by their ids, or all with --all, not both."),
        ([], False, "name messages by their ids, or all with --all."),
    ],
)
def test_what_is_meant_is_said_by_ids_or_by_all(
    ids: list[str], *, everything: bool, said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        check_meant(ids, everything=everything)

    assert refused.value.sentence == said


def test_an_id_that_no_letter_has_is_repeated_in_quotation_marks() -> None:
    with pytest.raises(CommandError, match="no dead letter has the id ''; `wlc dead-letters list`"):
        chosen([a_dead_letter(message_id="e-1")], [""], everything=False)


@pytest.mark.parametrize(
    ("exchange", "properties", "unknown"),
    [
        (topology.DEAD, {}, True),
        (topology.DEAD, {"user_id": "nwl-trust"}, False),
        (topology.RETRY, {}, False),
        (topology.REQUEUE, {}, True),
        (topology.REQUEUE, {"headers": {USER: "nwl-trust"}}, False),
    ],
)
def test_only_what_a_service_or_the_broker_vouches_for_is_put_back_to_intake(
    exchange: str, properties: dict[str, Any], *, unknown: bool
) -> None:
    letter = a_dead_letter(service="intake", exchange=exchange, **properties)

    assert letter.sender_is_unknown is unknown
