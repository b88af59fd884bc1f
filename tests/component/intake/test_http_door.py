"""The HTTP door, on an intake in memory: what is taken, what is refused, and how it is answered."""

import pytest

from tests.builders.intake import KEY, OTHER_KEY, event, person
from tests.builders.intake_door import BATCH, SINGLE, Sender, faults


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
