"""What the operator may ask of the keys, on an intake in memory."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.intake.api import add_problems, keys_router
from services.intake.use_cases.key_rotation import KEY_ROTATIONS, MASTER_ROTATIONS
from shared.key_rotation import Masters
from shared.operator_doors import operator_door
from tests.builders.intake import event, intake, person, send
from tests.fakes.intake import Intake

TOKEN = "op_secret"


@dataclass
class Operator:
    intake: Intake
    client: httpx.AsyncClient

    @property
    def asked(self) -> set[str]:
        return {kind for kind, _ in self.intake.store.due} & {KEY_ROTATIONS, MASTER_ROTATIONS}

    def has_masters(self, *unknown: str, **keys: int) -> None:
        self.intake.desk.rotation.found = Masters("new", keys, unknown)  # type: ignore[misc]


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    found, app = intake(), FastAPI()
    door = operator_door(hashlib.sha256(TOKEN.encode()).hexdigest())
    app.include_router(keys_router(found.desk, found.commits, door))
    add_problems(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        client.headers["authorization"] = f"Bearer {TOKEN}"
        yield Operator(found, client)


async def test_the_operator_sees_the_masters_and_has_keys_wrapped_anew(operator: Operator) -> None:
    operator.has_masters(new=7, old=3)

    shown = (await operator.client.get("/keys")).json()
    begun = await operator.client.post("/keys/rotate-master", json={})

    assert (shown["current"], shown["left"]) == ("new", 3)
    assert [each["is_current"] for each in shown["masters"]] == [True, False]
    assert (begun.status_code, operator.asked) == (200, {MASTER_ROTATIONS})


async def test_while_a_master_is_missing_nothing_is_wrapped_anew(operator: Operator) -> None:
    operator.has_masters("lost", new=7, lost=3)

    answer = await operator.client.post("/keys/rotate-master", json={})

    assert answer.status_code == 409
    assert "does not know" in answer.json()["detail"]
    assert operator.asked == set()


async def test_a_person_is_given_a_new_key_and_nobody_unknown_is(operator: Operator) -> None:
    received = await send(operator.intake, event(person()))
    who = received.submission.aggregate_id

    unknown = await operator.client.post("/keys/rotate", json={"participant_id": str(uuid4())})
    assert (unknown.status_code, operator.asked) == (404, set())
    assert "Nobody has this participant id" in unknown.json()["detail"]
    answer = await operator.client.post("/keys/rotate", json={"participant_id": who})

    assert (answer.status_code, operator.asked) == (202, {KEY_ROTATIONS})


@pytest.mark.parametrize("path", ["/keys", "/keys/rotate-master", "/keys/rotate"])
async def test_without_the_operators_token_no_key_is_touched(operator: Operator, path: str) -> None:
    operator.has_masters(old=3)
    method = "GET" if path == "/keys" else "POST"

    for headers in ({"authorization": "Bearer pk_nwl-trust_test"}, {"authorization": ""}):
        answer = await operator.client.request(method, path, headers=headers, json={})
        assert answer.status_code == 401

    assert operator.asked == set()
