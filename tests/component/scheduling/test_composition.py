"""The service as it is put together."""

from datetime import timedelta

import httpx
import pytest

from services.scheduling.main import build_app
from services.scheduling.settings import Settings, SettingsFileError
from tests.builders.exclusions import KEY_TEXT


def settings(**changes: str) -> Settings:
    """Settings that name servers which are not there."""
    values = {
        "rabbit_url": "amqp://scheduling:x@127.0.0.1:1/app",
        "mongo_url": "mongodb://127.0.0.1:1",
        "database": "scheduling",
        "port": "8003",
        "exclusion_key": KEY_TEXT,
    }
    return Settings.model_validate({**values, **changes})


async def test_the_app_is_built_from_what_is_shipped_and_lives_without_servers() -> None:
    app = build_app(settings())

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://scheduling") as client:
        answer = await client.get("/health/live")
    assert answer.json() == {"live": True}


def test_a_venues_file_that_is_missing_stops_the_start_with_its_name() -> None:
    with pytest.raises(SettingsFileError, match=r"nowhere\.toml cannot be read"):
        build_app(settings(venues_file="nowhere.toml"))


def test_how_much_is_asked_of_a_person_is_as_matching_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MATCHING_REST_DAYS", "3")
    monkeypatch.setenv("MATCHING_MOST_ASKS", "2")
    monkeypatch.setenv("SCHEDULING_MOST_ASKS", "1")

    contact = settings().contact

    assert (contact.rest, contact.most_asks) == (timedelta(days=3), 1)
