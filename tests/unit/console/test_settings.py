import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.console.main import build_app
from services.console.ports import Role
from services.console.settings import Settings
from tests.builders.console import PASSWORD_HASH


def settings(folder: Path, **changes: Any) -> Settings:
    file = folder / "staff.json"
    if not file.exists():
        file.write_text('{"staff": []}')
    values = {
        "rabbit_url": "amqp://console:secret@localhost/app",
        "mongo_url": "mongodb://localhost",
        "database": "console",
        "port": 8080,
        "public_url": "https://console.example.org",
        "link_key": "a key that only this test knows",
        "keyring_key": base64.b64encode(b"m" * 32).decode(),
        "staff_file": file,
    }
    return Settings(**{**values, **changes})


def test_the_app_is_built_without_a_server_in_reach(tmp_path: Path) -> None:
    app = build_app(settings(tmp_path))

    assert "/v1/matches" in app.openapi()["paths"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("keyring_key", "c2hvcnQ="), ("link_key", "short"), ("staff_file", "/no/such/file")],
)
def test_an_unusable_value_stops_the_start_and_is_named(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ValidationError) as failure:
        settings(tmp_path, **{name: value})

    assert [fault["loc"] for fault in failure.value.errors()] == [(name,)]


def test_the_address_that_others_see_is_never_guessed(tmp_path: Path) -> None:
    values = settings(tmp_path).model_dump(exclude={"public_url"})

    with pytest.raises(ValidationError) as failure:
        Settings(**values)

    assert [fault["loc"] for fault in failure.value.errors()] == [("public_url",)]


def test_people_are_named_before_they_said_yes_only_where_a_hub_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_default = settings(tmp_path)
    monkeypatch.setenv("CONSOLE_NAMED_BEFORE_YES_HUBS", '["lambeth"]')

    assert by_default.named_before_yes_hubs == frozenset()
    assert settings(tmp_path).named_before_yes_hubs == {"lambeth"}


def test_accounts_are_read_from_the_staff_file(tmp_path: Path) -> None:
    row = {"username": "amina", "password_hash": PASSWORD_HASH, "hubs": ["west-london"]}
    (tmp_path / "staff.json").write_text(json.dumps({"staff": [row]}))

    [member] = settings(tmp_path).staff()

    assert (member.id, member.token_sha256) == ("amina", None)
    assert member.roles == {"west-london": (Role.COORDINATOR,)}


def test_a_password_in_the_clear_is_no_password_hash(tmp_path: Path) -> None:
    row = {"username": "amina", "password_hash": "in the clear", "hubs": ["west-london"]}
    (tmp_path / "staff.json").write_text(json.dumps({"staff": [row]}))

    with pytest.raises(ValidationError) as failure:
        settings(tmp_path).staff()

    assert "in the clear" not in str(failure.value)
