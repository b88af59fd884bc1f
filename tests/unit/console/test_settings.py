import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.console.main import build_app
from services.console.ports import Role
from services.console.settings import Settings
from tests.builders.console import PASSWORD_HASH, PERMIT_KEY


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
        "permit_key": PERMIT_KEY,
        "keyring_key": base64.b64encode(b"m" * 32).decode(),
        "staff_file": file,
    }
    return Settings(**{**values, **changes})


def test_the_app_is_built_without_a_server_in_reach(tmp_path: Path) -> None:
    app = build_app(settings(tmp_path))

    assert "/v1/matches" in app.openapi()["paths"]


def test_who_leaves_is_told_the_period_that_intake_keeps_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_KEPT_LEFT_DAYS", "400")

    assert settings(tmp_path).kept_left_days == 400


@pytest.mark.parametrize("name", ["INTAKE_KEPT_LEFT_DAYS", "WLC_KEPT_ENGAGEMENT_DAYS"])
def test_what_is_set_for_several_services_is_named_as_it_is_set(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "long")

    with pytest.raises(SystemExit) as ended:
        Settings.read()

    said = {line.partition(":")[0] for line in str(ended.value).splitlines()}
    assert {name, "CONSOLE_PUBLIC_URL"} <= said
    assert f"CONSOLE_{name}" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keyring_key", "c2hvcnQ="),
        ("link_key", "short"),
        ("permit_key", "c2hvcnQ="),
        ("staff_file", "/no/such/file"),
    ],
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


def an_account(folder: Path, *rows: dict[str, Any]) -> None:
    (folder / "staff.json").write_text(json.dumps({"staff": rows}))


PROVIDER = {
    "oidc_issuer": "https://id.example.org",
    "oidc_client_id": "console",
    "oidc_client_secret": "a secret of the two",
}


def test_an_account_may_have_a_provider_and_no_password(tmp_path: Path) -> None:
    an_account(tmp_path, {"username": "amina", "oidc": "A@b.example"})

    [by_sub] = settings(tmp_path, **PROVIDER).staff()
    [by_email] = settings(tmp_path, **PROVIDER, oidc_claim="email").staff()

    assert (by_sub.password_hash, by_sub.oidc) == (None, "A@b.example")
    assert by_email.oidc == "a@b.example"


@pytest.mark.parametrize("of", ["username", "oidc", "token_sha256"])
def test_nothing_names_two_accounts(tmp_path: Path, of: str) -> None:
    rows = [{"username": name, of: "a" * 64} for name in ("amina", "ben")]
    an_account(tmp_path, *rows)

    with pytest.raises(ValidationError, match=f"two accounts have the same {of}"):
        settings(tmp_path).staff()


@pytest.mark.parametrize("missing", PROVIDER)
def test_half_a_provider_stops_the_start_and_what_is_missing_is_named(
    tmp_path: Path, missing: str
) -> None:
    there = {name: value for name, value in PROVIDER.items() if name != missing}

    with pytest.raises(ValidationError, match=f"set CONSOLE_{missing.upper()}") as failure:
        settings(tmp_path, **there)

    assert "a secret of the two" not in str(failure.value)


@pytest.mark.parametrize(
    "issuer", ["http://id.example.org", "id.example.org", "https://", "ftp://x"]
)
def test_a_provider_is_asked_over_https_alone(tmp_path: Path, issuer: str) -> None:
    with pytest.raises(ValidationError) as failure:
        settings(tmp_path, **{**PROVIDER, "oidc_issuer": issuer})

    assert [fault["loc"] for fault in failure.value.errors()] == [("oidc_issuer",)]


def test_a_provider_whose_settings_are_empty_is_none(tmp_path: Path) -> None:
    assert settings(tmp_path, **dict.fromkeys(PROVIDER, "")).oidc_issuer is None


def test_a_console_with_a_provider_starts_without_asking_it(tmp_path: Path) -> None:
    app = build_app(settings(tmp_path, **PROVIDER, one_time_codes="required"))

    assert "/v1/matches" in app.openapi()["paths"]
