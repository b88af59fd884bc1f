"""The HTTP door takes no more than there is room for, nor faster than was agreed."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fastapi import Request

from services.intake.api import bodies
from services.intake.api.room import MOST_BYTES, Room
from services.intake.domain.json_text import BATCH_BYTES
from services.intake.use_cases.doors import receive_message
from services.intake.use_cases.reading import read_event
from shared.errors import UnavailableError
from tests.builders.intake import KEY, OTHER_KEY, event, person, publisher
from tests.builders.intake_door import BATCH, SINGLE, Sender


async def test_what_there_is_no_room_for_is_put_off_and_nothing_of_it_kept(sender: Sender) -> None:
    sender.is_full = True

    answers = [
        await sender.post(event(person())),
        await sender.post([event(person())], kind=BATCH),
        await sender.post(b"", to="/v1/quarantine/s-1/resubmit"),
    ]

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert not sender.intake.people
    assert (await sender.get("/v1/quarantine")).status_code == 200


async def test_what_would_come_in_beside_too_much_is_asked_to_come_again(sender: Sender) -> None:
    room = Room(sender.check_outbox)
    large = {"type": "http", "headers": [(b"content-length", str(BATCH_BYTES).encode())]}
    small = {"type": "http", "headers": [(b"content-length", b"1")]}
    held = [room(Request(large)) for _ in range(MOST_BYTES // BATCH_BYTES)]
    for each in held:
        await anext(each)

    for unread in (small, {"type": "http", "headers": []}):
        with pytest.raises(UnavailableError):
            await anext(room(Request(unread)))
    other = {"type": "http", "headers": [*small["headers"], (b"authorization", b"Bearer other")]}
    await anext(room(Request(other)))
    await held[0].aclose()
    await anext(room(Request(small)))


async def test_a_body_that_stops_half_way_is_given_up(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS", 0.01)
    headers = {"content-type": SINGLE, "authorization": f"Bearer {KEY}"}

    async def half() -> AsyncIterator[bytes]:
        yield b'{"id": '
        await asyncio.Event().wait()

    answer = await sender.client.post("/v1/events", content=half(), headers=headers)

    assert answer.status_code == 408
    assert not sender.intake.people


async def test_a_request_that_has_ended_takes_up_no_room(sender: Sender) -> None:
    lengthless = {"content-type": SINGLE, "authorization": f"Bearer {KEY}"}

    async def body() -> AsyncIterator[bytes]:
        yield json.dumps(event(person())).encode()

    answers = [
        await sender.client.post("/v1/events", content=body(), headers=lengthless)
        for _ in range(MOST_BYTES // BATCH_BYTES + 1)
    ]

    assert {answer.status_code for answer in answers} == {202}


async def test_who_sends_faster_than_agreed_is_told_when_to_come_again_and_nothing_is_taken(
    sender: Sender,
) -> None:
    sender.intake.publishers._publishers["nwl-trust"] = replace(publisher(), per_minute=2)

    answers = [
        await sender.post([event(person()) for _ in range(3)], kind=BATCH),
        await sender.post(event(person())),
        await sender.post({}, to="/v1/quarantine/x/resubmit"),
    ]
    other = await sender.post(event(person()), key=OTHER_KEY)

    assert [answer.status_code for answer in answers] == [202, 429, 429]
    assert 0 < int(answers[1].headers["retry-after"]) <= 60
    assert answers[1].headers["content-type"] == "application/problem+json"
    assert len(answers[0].json()["results"]) == 3
    assert other.status_code != 429


async def test_when_nothing_can_be_stored_the_sender_is_told_to_try_again(sender: Sender) -> None:
    sender.intake.commits.away = True

    answer = await sender.post(event(person()))

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_what_came_by_amqp_and_is_not_judged_yet_is_to_be_sent_again(sender: Sender) -> None:
    early = event({"reference": "nobody"}, type="participant.withdrawn")
    arrival = read_event(early, publisher(), sender.intake.desk.cipher)
    await sender.intake.commits.commit(
        arrival.message_id, lambda: receive_message(arrival, sender.intake.desk)
    )

    answer = await sender.post(early)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
