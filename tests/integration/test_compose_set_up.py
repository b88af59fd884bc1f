"""The set-up of the composition: what it hands to whom, and what it keeps when it is repeated."""

import base64
import importlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import AliasChoices

from deploy.accounts import SERVICES
from deploy.compose.access import shell_lines
from deploy.compose.installation import Installation, Outside
from deploy.compose.setup import drop_masters, keep_secret, make_key, set_up
from deploy.embedded.errors import EmbeddedError
from deploy.local.state import read_run
from shared.master_keys import name_of
from tests.builders.compositions import COMPOSE, FOLDERS, SERVERS

NOTIFY = {"name": "notify", "api_key": f"made-up-{UUID(int=1)}-{UUID(int=2)}", "letters": True}


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return Installation(tmp_path, Outside())


def settings_of(service: str, folder: Path) -> Any:
    module = importlib.import_module(f"services.{service}.settings")
    accounts = {"console": {"staff_file": folder / "staff.json"}}.get(service, {})
    return module.Settings(_secrets_dir=folder, **accounts)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_on_what_the_set_up_hands_it(
    installation: Installation, service: str
) -> None:
    set_up(installation)

    settings = settings_of(service, installation.folder / service)

    assert settings.database == service
    assert settings.mongo_url.hosts()[0]["host"] == "mongo"
    assert settings.rabbit_url.host == "rabbitmq"
    fields = type(settings).model_fields
    read = {f"{service}_{name}".upper() for name in fields}
    for field in fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            read |= set(map(str, field.validation_alias.choices))
        elif isinstance(field.validation_alias, str):
            read.add(field.validation_alias)
        elif field.validation_alias:
            read.add(str(field.validation_alias))
    assert COMPOSE[service]["environment"].keys() <= read


def test_a_repeated_set_up_keeps_every_secret(installation: Installation) -> None:
    def secrets() -> dict[str, str]:
        kept = ("keyfile", "definitions.json", "intake_mongo_url", "console_link_key")
        files = (file for file in installation.folder.rglob("*") if file.name in kept)
        return {file.name: file.read_text() for file in files}

    set_up(installation)
    before = secrets()
    set_up(Installation(installation.folder, Outside()))

    assert len(before) == 4
    assert secrets() == before


def test_where_the_accounts_are_lost_nothing_takes_the_place_of_what_services_have(
    installation: Installation,
) -> None:
    set_up(installation)
    key = installation.folder / "intake" / "intake_keyring_key"
    before = key.read_text()
    installation.secrets_file.unlink()

    with pytest.raises(EmbeddedError, match=r"secrets.json is gone .* put it back"):
        set_up(Installation(installation.folder, Outside()))

    assert key.read_text() == before
    assert not installation.secrets_file.exists()


def test_files_are_readable_by_their_container_only(installation: Installation) -> None:
    set_up(installation)

    modes = {
        file.relative_to(installation.folder).parts[0]: file.stat().st_mode & 0o777
        for file in installation.folder.rglob("*")
        if file.is_file() and "lock" not in file.name
    }

    assert modes == {name: 0o640 if name in SERVERS else 0o600 for name in FOLDERS}


def test_secrets_of_notification_outlast_the_next_set_up(installation: Installation) -> None:
    keep_secret(installation, "smtp_password", "made up")
    keep_secret(installation, "notify", json.dumps([NOTIFY]))
    set_up(installation)

    settings = settings_of("notification", installation.folder / "notification")

    assert settings.smtp_password.get_secret_value() == "made up"
    assert [each.name for each in settings.notify] == ["notify"]


def test_the_command_finds_every_service_and_publisher(installation: Installation) -> None:
    set_up(installation)

    run = read_run(installation.folder / "operator")

    assert run is not None
    assert run.addresses is not None
    assert run.addresses.services.keys() == set(SERVICES)
    keys = {each.name: each.key for each in run.addresses.publishers}
    assert keys == installation.secrets.publisher_keys


def test_the_host_gets_the_keys_of_one_publisher(installation: Installation) -> None:
    lines = shell_lines(installation, "lambeth-hub")

    assert "export WLC_INTAKE_URL=http://localhost:8081" in lines
    assert installation.secrets.publisher_keys["lambeth-hub"] in lines
    assert installation.secrets.publisher_keys["nwl-trust"] not in lines


def test_an_unknown_publisher_is_answered_with_those_there_are(installation: Installation) -> None:
    with pytest.raises(EmbeddedError, match="nwl-trust"):
        shell_lines(installation, "nobody")


def test_masters_of_before_are_dropped_only_when_intake_wraps_by_the_new_one(
    installation: Installation,
) -> None:
    make_key(installation, "new-master")
    made = Installation(installation.folder, Outside())
    new, old = (
        name_of(base64.b64decode(key))
        for key in (made.secrets.keyring_key, installation.secrets.keyring_key)
    )

    for current, left in ((old, 0), (new, 3)):
        with pytest.raises(EmbeddedError):
            drop_masters(made, json.dumps({"current": current, "left": left}))
    with pytest.raises(EmbeddedError, match="keys status --json"):
        drop_masters(made, "")
    assert Installation(installation.folder, Outside()).secrets == made.secrets
    drop_masters(made, json.dumps({"current": new, "left": 0, "masters": []}))

    after = Installation(installation.folder, Outside()).secrets
    assert (after.keyring_key, after.keyring_other_keys) == (made.secrets.keyring_key, ())


def test_another_key_of_what_people_stay_away_from_is_handed_to_all_who_compare(
    installation: Installation,
) -> None:
    before = installation.secrets.exclusion_key

    make_key(installation, "new-exclusion-key")

    names = ("intake", "matching", "scheduling")
    files = [installation.folder / name / f"{name}_exclusion_key" for name in names]
    [key] = {file.read_text() for file in files}
    assert key != before
    others = [file for file in installation.folder.rglob("*_exclusion_key") if file not in files]
    assert others == []
