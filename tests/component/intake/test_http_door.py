"""The HTTP door, on an intake in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from services.intake.api import add_problems, bodies, build_router
from services.intake.api.room import MOST_BYTES, Room
from services.intake.domain.json_text import BATCH_BYTES
from services.intake.use_cases.doors import receive_message
from services.intake.use_cases.reading import read_event
from shared.errors import UnavailableError
from tests.builders.intake import KEY, OTHER_KEY, event, intake, person, publisher
from tests.fakes.intake import Intake

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Sender:
    """Another system with a publisher's key."""

    client: httpx.AsyncClient

    def __init__(self, to: Intake) -> None:
        self.intake = to
        self.is_full = False

    async def check_outbox(self) -> None:
        if self.is_full:
            raise UnavailableError("too many events wait to be published")

    async def post(
        self, body: Any, *, kind: str = SINGLE, key: str = KEY, to: str = "/v1/events"
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": kind, "authorization": f"Bearer {key}"}
        return await self.client.post(to, content=content, headers=headers)

    async def get(self, path: str, *, key: str = KEY) -> httpx.Response:
        return await self.client.get(path, headers={"authorization": f"Bearer {key}"})


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    found = intake(
        publisher(),
        publisher("borough-of-brent", key=OTHER_KEY, types=frozenset({"wlc.outcome.recorded.v1"})),
    )
    app = FastAPI()
    sender = Sender(found)
    app.include_router(
        build_router(found.desk, found.publishers, found.commits, sender.check_outbox)
    )
    add_problems(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        sender.client = client
        yield sender


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return {fault["pointer"]: fault["code"] for fault in answer.json()["faults"]}


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


async def test_one_event_is_accepted_when_it_is_stored(sender: Sender) -> None:
    sent = event(person())

    answer = await sender.post(sent)

    [result] = answer.json()["results"]
    assert answer.status_code == 202
    assert (result["id"], result["status"], result["duplicate"]) == (sent["id"], "accepted", False)
    assert len(sender.intake.people) == 1


async def test_the_same_id_again_is_a_duplicate(sender: Sender) -> None:
    sent = event(person())
    first = await sender.post(sent)

    second = await sender.post(sent)

    assert second.json()["results"][0] == first.json()["results"][0] | {"duplicate": True}


async def test_a_refused_event_is_answered_with_every_fault(sender: Sender) -> None:
    answer = await sender.post(event(person(postcode="x", needs=["12"])))

    assert answer.status_code == 422
    assert faults(answer) == {"/data/postcode": "postcode", "/data/needs/0": "unknown-need"}
    shown = await sender.get(f"/v1/submissions/{answer.json()['submission_id']}")
    assert shown.json()["status"] == "rejected"


async def test_a_batch_has_a_result_for_each_event_in_order(sender: Sender) -> None:
    sent = [event(person(**({"postcode": "x"} if n == 4 else {}))) for n in range(10)]

    answer = await sender.post(sent, kind=BATCH)

    results = answer.json()["results"]
    assert answer.status_code == 202
    assert [each["id"] for each in results] == [each["id"] for each in sent]
    assert [each["status"] for each in results].count("rejected") == 1
    assert results[4]["faults"][0]["pointer"] == "/data/postcode"


async def test_what_is_no_event_does_not_hold_up_a_batch(sender: Sender) -> None:
    answer = await sender.post([3, {}, event(person())], kind=BATCH)

    statuses = [each["status"] for each in answer.json()["results"]]
    assert statuses == ["rejected", "rejected", "accepted"]


async def test_in_one_batch_an_event_and_its_copy_have_one_effect(sender: Sender) -> None:
    sent = event(person())

    answer = await sender.post([sent, sent, sent], kind=BATCH)

    duplicates = [each["duplicate"] for each in answer.json()["results"]]
    assert sorted(duplicates) == [False, True, True]
    assert len(sender.intake.people) == 1


async def test_in_one_batch_a_person_joins_and_leaves(sender: Sender) -> None:
    stated = person()
    leaves = event({"reference": stated["reference"]}, type="participant.withdrawn")

    answer = await sender.post([event(stated), leaves], kind=BATCH)

    assert [each["status"] for each in answer.json()["results"]] == ["accepted", "accepted"]
    assert sender.intake.people[0].status == "left"


async def test_in_one_batch_the_same_person_five_times_is_one(sender: Sender) -> None:
    contacts = [{"channel": "sms", "value": "07700 900123"}]

    await sender.post([event(person(contacts=contacts)) for _ in range(5)], kind=BATCH)

    assert len(sender.intake.people) == 1
    assert sender.intake.said().count("wlc.participant.registered.v1") == 1


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"<event/>", SINGLE, 400, "not-json"),
        (b"", SINGLE, 400, "not-json"),
        (b'{"id": "\xff"}', SINGLE, 400, "not-utf-8"),
        (b'{"id": NaN}', SINGLE, 400, "not-finite"),
        (b"[" * 2000 + b"]" * 2000, SINGLE, 400, "too-deep"),
        (b'{"id": 1, "id": 2}', "application/json", 400, "duplicate-key"),
        (b"{}", BATCH, 400, "wrong-type"),
        (b'{"a": "' + b"x" * 2_000_000 + b'"}', SINGLE, 413, "body-too-large"),
        (b"[" + b"1," * 1_100_000 + b"1]", BATCH, 413, "body-too-large"),
        (b"[" + b"1," * 1000 + b"1]", BATCH, 413, "too-many"),
        (b'[{"a": "' + b"x" * 300_000 + b'"}]', BATCH, 413, "body-too-large"),
        (b"{}", "text/plain", 415, "content-type"),
        (b"{}", "", 415, "content-type"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_whole(
    sender: Sender, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = await sender.post(body, kind=kind)

    assert answer.status_code == status
    assert code in faults(answer).values()
    assert sender.intake.store.events == []


@pytest.mark.parametrize("key", ["", "pk_nobody_x", KEY + "x"])
async def test_an_unknown_publisher_is_refused(sender: Sender, key: str) -> None:
    answer = await sender.post(event(person()), key=key)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_right_publisher_with_the_wrong_type_is_refused(sender: Sender) -> None:
    answer = await sender.post(event(person(), source="borough-of-brent"), key=OTHER_KEY)

    assert answer.status_code == 422
    assert faults(answer) == {"/type": "type-not-permitted"}


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


async def test_nobody_sees_what_another_publisher_sent(sender: Sender) -> None:
    refused = await sender.post(event(person(postcode="x")))
    found = refused.json()["submission_id"]

    paths = (f"/v1/submissions/{found}", f"/v1/quarantine/{found}")
    theirs = [await sender.get(path, key=OTHER_KEY) for path in paths]
    again = await sender.post(b"", key=OTHER_KEY, to=f"/v1/quarantine/{found}/resubmit")
    listed = await sender.get("/v1/quarantine", key=OTHER_KEY)

    assert [answer.status_code for answer in (*theirs, again)] == [404, 404, 404]
    assert listed.json()["items"] == []


async def test_the_quarantine_is_listed_by_pages(sender: Sender) -> None:
    for _ in range(3):
        await sender.post(event(person(postcode="x")))

    first = (await sender.get("/v1/quarantine?limit=2")).json()
    second = (await sender.get(f"/v1/quarantine?limit=2&skip={first['next']}")).json()

    found = [item["submission_id"] for item in first["items"] + second["items"]]
    assert len(set(found)) == 3
    assert second["next"] is None


async def test_a_parameter_out_of_range_is_named(sender: Sender) -> None:
    answer = await sender.get("/v1/quarantine?limit=0")

    assert answer.status_code == 400
    assert faults(answer) == {"/query/limit": "parameter"}


async def test_a_quarantined_event_is_corrected_and_gone(sender: Sender) -> None:
    sent = event(person(postcode="x"))
    refused = await sender.post(sent)
    place = f"/v1/quarantine/{refused.json()['submission_id']}"

    still_wrong = await sender.post(sent | {"data": person(needs=["1"])}, to=f"{place}/resubmit")
    shown = await sender.get(place)
    corrected = await sender.post(sent | {"data": person()}, to=f"{place}/resubmit")

    assert faults(still_wrong) == {"/data/needs/0": "unknown-need"}
    assert shown.json()["faults"][0]["pointer"] == "/data/needs/0"
    assert corrected.status_code == 202
    assert corrected.json()["status"] == "accepted"
    assert (await sender.get(place)).status_code == 404


async def test_no_answer_repeats_what_was_sent_of_a_person(sender: Sender) -> None:
    spoiled = person(
        name={"display": "Zanzibarbara\n", "address_as": 3},
        contacts=[{"channel": "email", "value": "zanzibarbara@"}],
        postcode="ZANZIBARBARA",
    )

    answer = await sender.post(event(spoiled))

    assert answer.status_code == 422
    assert "zanzibarbara" not in answer.text.lower()
    assert "zanzibarbara" not in repr(sender.intake.store.events).lower()


async def test_an_address_or_a_method_that_there_is_not_is_a_problem_too(sender: Sender) -> None:
    nowhere = await sender.get("/v1/nothing-here")
    wrong_method = await sender.get("/v1/events")

    assert [answer.status_code for answer in (nowhere, wrong_method)] == [404, 405]
    assert {answer.headers["content-type"] for answer in (nowhere, wrong_method)} == {
        "application/problem+json"
    }
    assert wrong_method.json()["title"] == "This address does not take this method."
    assert wrong_method.headers["allow"] == "POST"
