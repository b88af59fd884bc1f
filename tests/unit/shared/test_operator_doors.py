"""Who opens an operator's address on a service's port."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from deploy.accounts import digest
from shared.operator_doors import operator_door

TOKEN = "op_secret"


@contextmanager
def a_port(token_sha256: str | None) -> Iterator[TestClient]:
    app = FastAPI()

    @app.get("/held", dependencies=[Depends(operator_door(token_sha256))])
    async def held() -> str:
        return "what is held"

    with TestClient(app) as client:
        yield client


def test_the_operators_token_opens_it() -> None:
    with a_port(digest(TOKEN)) as port:
        answer = port.get("/held", headers={"Authorization": f"Bearer {TOKEN}"})

    assert (answer.status_code, answer.json()) == (200, "what is held")


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer op_other",
        f"Basic {TOKEN}",
        f"bearer{TOKEN}",
        "Bearer é",
    ],
)
def test_nothing_else_opens_it_and_nothing_is_told(said: str | None) -> None:
    headers = {} if said is None else {"Authorization": said.encode()}

    with a_port(digest(TOKEN)) as port:
        answer = port.get("/held", headers=headers)  # type: ignore[arg-type]

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "what is held" not in answer.text


def test_a_digest_is_no_token() -> None:
    with a_port(digest(TOKEN)) as port:
        answer = port.get("/held", headers={"Authorization": f"Bearer {digest(TOKEN)}"})

    assert answer.status_code == 401


def test_while_no_token_is_set_it_is_closed_to_everybody() -> None:
    with a_port(None) as port:
        answer = port.get("/held", headers={"Authorization": "Bearer "})

    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "Via"])
def test_who_comes_through_a_proxy_finds_nothing_whatever_they_show(header: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", header: "198.51.100.7"}

    with a_port(digest(TOKEN)) as port:
        assert port.get("/held", headers=headers).status_code == 404
