"""A submission that fails lies sealed until it is tried again, replayed or dropped."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.intake.clients.letters import SealedLetters
from services.intake.handlers import build_handlers
from shared import topology
from shared.committer import Outcome, Work
from shared.delivery import Delivery
from shared.errors import MalformedError
from shared.failures import ABOUT, BOUND, ORIGIN, SEALED, USER
from shared.handlers import Handlers
from shared.outbox import Envelope
from tests.builders.intake import HUB, event, intake, person
from tests.fakes.channel import BrokerChannel, Delivered
from tests.fakes.intake import Intake

KEY = b"q" * 32
KIND = "application/cloudevents+json"


@dataclass
class Letters:
    """Intake's handlers, whose work always fails, and the copies that are handed on."""

    intake: Intake = field(default_factory=intake)
    copies: list[tuple[Envelope, Mapping[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        desk, publishers = self.intake.desk, self.intake.publishers
        self.handlers: Handlers = build_handlers(desk, publishers)
        self.handlers.sealed_by(SealedLetters(KEY, desk, publishers))

    async def fail(self, message: Any) -> tuple[Envelope, Mapping[str, Any]]:
        """Let its handler break; return the copy that was made of it."""
        delivery = Delivery("intake", self.handlers, self, self.forward, self.is_there)
        await delivery.on_message(message)
        return self.copies[-1]

    async def commit(self, _message_id: str, _work: Work) -> Outcome:
        raise KeyError("a bug")

    async def forward(
        self, envelope: Envelope, headers: Mapping[str, Any], _wait: float | None
    ) -> None:
        self.copies.append((envelope, headers))

    async def is_there(self) -> bool:
        return True


def sent(body: bytes, **changes: Any) -> Any:
    given = {"exchange": topology.INBOUND, "user_id": "nwl-trust", "content_type": KIND}
    return Delivered(BrokerChannel({1}), 1, body, **(given | changes))


def again(copy: Envelope, headers: Mapping[str, Any], exchange: str = topology.RETRY) -> Any:
    return sent(copy.body, exchange=exchange, user_id=None, headers=dict(headers))


async def test_what_fails_is_sealed_says_whose_it_is_and_opens_for_the_next_try() -> None:
    letters, stated = Letters(), person()
    body = json.dumps(event(stated)).encode()

    copy, headers = await letters.fail(sent(body))
    second, more = await letters.fail(again(copy, headers))

    reference = letters.intake.desk.cipher.digest(
        "reference", HUB, "nwl-trust", stated["reference"]
    )
    assert stated["name"]["display"].encode() not in copy.body
    assert stated["reference"].encode() not in repr((copy, headers)).encode()
    assert headers[ABOUT] == reference
    assert (second.body, more[SEALED], more[ABOUT]) == (copy.body, BOUND, reference)
    handling = letters.handlers.for_message(again(second, more))
    assert handling.message_id == letters.handlers.for_message(sent(body)).message_id


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b'{"data": 1}'])
async def test_what_cannot_be_read_is_sealed_as_well(body: bytes) -> None:
    letters = Letters()

    copy, headers = await letters.fail(sent(body))

    assert headers[SEALED] == BOUND
    assert len(copy.body) > len(body)
    assert letters.handlers._opened(again(copy, headers)) == body


async def test_a_stranger_who_writes_our_headers_is_read_as_a_stranger() -> None:
    letters = Letters()
    body = json.dumps(event(person())).encode()

    copy, headers = await letters.fail(sent(body, headers={SEALED: True, ABOUT: "mine"}))

    assert copy.body != body
    assert headers[ABOUT] != "mine"


async def test_ciphertext_that_was_changed_is_not_opened() -> None:
    letters = Letters()
    copy, headers = await letters.fail(sent(b"{}"))
    spoiled = again(copy, headers)
    spoiled.body = copy.body[:-1] + bytes([copy.body[-1] ^ 1])

    with pytest.raises(MalformedError):
        letters.handlers.for_message(spoiled)


@pytest.mark.parametrize(
    "changed", [{USER: "borough-of-brent"}, {ABOUT: "reference:another"}, {ABOUT: ""}, {USER: ""}]
)
async def test_a_seal_holds_for_who_sent_it_and_whose_it_is_too(changed: dict[str, str]) -> None:
    letters = Letters()
    copy, headers = await letters.fail(sent(json.dumps(event(person())).encode()))

    with pytest.raises(MalformedError):
        letters.handlers.for_message(again(copy, {**headers, **changed}, topology.REQUEUE))


async def test_what_a_stranger_says_is_sealed_is_not_taken_when_it_is_put_back() -> None:
    letters = Letters()
    forged = {SEALED: BOUND, ABOUT: "", ORIGIN: topology.INBOUND, USER: "borough-of-brent"}
    body = json.dumps(event(person())).encode()

    with pytest.raises(MalformedError):
        letters.handlers.for_message(
            sent(body, exchange=topology.REQUEUE, user_id=None, headers=forged)
        )


async def test_what_an_older_version_sealed_opens_still() -> None:
    letters = Letters()
    body = json.dumps(event(person())).encode()
    headers = {SEALED: True, ABOUT: "reference:1", ORIGIN: topology.INBOUND, USER: "nwl-trust"}
    sealed = SealedLetters(KEY, letters.intake.desk, letters.intake.publishers).seal(body)

    waited = sent(sealed, exchange=topology.REQUEUE, user_id=None, headers=headers)

    assert letters.handlers._opened(waited) == body
