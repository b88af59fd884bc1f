"""Intake is put together without any server, and says what it offers."""

import base64
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from services.intake.main import build_app
from services.intake.settings import Settings

SERVERS = {
    "rabbit_url": "amqp://intake:x@127.0.0.1:1/app",
    "mongo_url": "mongodb://127.0.0.1:1",
    "database": "intake",
    "port": 8081,
}


KEY = base64.b64encode(b"k" * 32).decode()


def settings(key: str = KEY, **more: object) -> Settings:
    names = ("keyring_key", "fingerprint_key", "quarantine_key", "exclusion_key")
    keys = dict.fromkeys(names, key)
    publishers = {"publishers_file": Path("publishers.json")}
    return Settings.model_validate(SERVERS | keys | publishers | more)


async def test_the_addresses_are_described() -> None:
    app = build_app(settings())

    document = app.openapi()

    publish = document["paths"]["/v1/events"]["post"]
    assert {"202", "400", "401", "413", "415", "422"} <= publish["responses"].keys()
    assert "application/problem+json" in publish["responses"]["422"]["content"]
    assert "application/cloudevents-batch+json" in publish["requestBody"]["content"]
    assert publish["security"] == [{"HTTPBearer": []}]


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_no_page_loads_scripts_from_elsewhere(page: str) -> None:
    app = build_app(settings())

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://intake"
    ) as client:
        shown = await client.get(page)
        described = await client.get("/openapi.json")

    assert shown.status_code == 404
    assert described.status_code == 200


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"k" * 31).decode(), "é" * 44])
def test_a_key_that_is_none_stops_the_start_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(key)

    assert "openssl rand" in str(caught.value)
    assert not key or key not in str(caught.value)


def test_an_answer_is_kept_longer_than_what_lies_in_quarantine_which_is_found_by_it() -> None:
    assert settings(kept_submissions_days=91).kept_submissions_days == 91

    with pytest.raises(ValidationError, match="kept_submissions_days"):
        settings(kept_submissions_days=90)
