"""Who may sign in where, and what each is told."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from pwdlib import PasswordHash

from deploy.accounts import (
    PUBLISHERS,
    SERVICES,
    Secrets,
    broker_definitions,
    digest,
    keep_staff_file,
    mongo_users,
    publishers_file,
    staff_file,
)
from deploy.environments import Place, service_environment
from deploy.rights import KEYRING
from shared.permits import Permits

PLACE = Place(
    rabbit_url="amqp://a:b@localhost/app",
    mongo_url="mongodb://a:b@localhost/",
    host="127.0.0.1",
    port=1234,
    public_url="http://localhost:8080",
    smtp_host="localhost",
    smtp_port=25,
    smtp_tls="none",
    publishers_file=Path("publishers.json"),
    staff_file=Path("staff.json"),
)

KEYS = (
    "keyring_key",
    "fingerprint_key",
    "quarantine_key",
    "exclusion_key",
    "link_key",
    "permit_key",
)


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets.kept_in(tmp_path / "secrets.json")


def test_secrets_are_made_once_and_read_by_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"

    first, second = Secrets.kept_in(file), Secrets.kept_in(file)

    assert first == second
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_account_that_came_later_gets_its_secret_and_the_others_keep_theirs(
    tmp_path: Path,
) -> None:
    file = tmp_path / "secrets.json"
    known = Secrets.kept_in(file)
    rabbit = {name: secret for name, secret in known.rabbit.items() if name != "console"}
    file.write_text(known.model_copy(update={"rabbit": rabbit}).model_dump_json())

    completed = Secrets.kept_in(file)

    assert completed.rabbit["matching"] == known.rabbit["matching"]
    assert completed.rabbit["console"]


def test_no_two_secrets_are_alike_and_none_is_shown(secrets: Secrets) -> None:
    told = secrets.model_dump()
    values = [*told["rabbit"].values(), *told["mongo"].values(), *told["publisher_keys"].values()]
    values += [value for name, value in told.items() if name.endswith("_key")]
    values += [told["staff"]["password"], told["staff"]["token"], told["operator_token"]]

    assert len(set(values)) == len(values)
    assert not any(value in repr(secrets) for value in values)


def test_files_of_accounts_hold_no_secret(secrets: Secrets) -> None:
    publishers, staff = publishers_file(secrets), staff_file(secrets)

    assert not any(key in publishers for key in secrets.publisher_keys.values())
    assert secrets.staff.password not in staff
    assert secrets.staff.token not in staff
    [row] = json.loads(staff)["staff"]
    assert PasswordHash.recommended().verify(secrets.staff.password, row["password_hash"])


def test_accounts_that_an_operator_added_stay_whenever_the_set_up_runs(
    secrets: Secrets, tmp_path: Path
) -> None:
    file = tmp_path / "staff.json"
    keep_staff_file(file, secrets)
    first = json.loads(file.read_text())["staff"]
    mine = {"username": "amina", "oidc": "7f0c", "roles": {"lambeth": ["viewer"]}}
    file.write_text(json.dumps({"staff": [*first, mine]}))

    keep_staff_file(file, secrets)

    assert json.loads(file.read_text())["staff"] == [*first, mine]


def test_a_first_member_of_before_there_were_roles_is_given_theirs(secrets: Secrets) -> None:
    old = {"username": secrets.staff.user, "password_hash": "$argon2", "hubs": ["west-london"]}
    other = {"username": "amina", "password_hash": "$argon2", "hubs": ["west-london"]}

    first, kept = json.loads(staff_file(secrets, json.dumps({"staff": [old, other]})))["staff"]

    assert first["roles"]["west-london"] == ["lead", "operator"]
    assert kept == other


def test_each_service_opens_its_own_database_and_at_most_the_keyring(secrets: Secrets) -> None:
    users = {user.name: user for user in mongo_users(secrets)}

    opened = {name: {each.database for each in users[name].privileges} for name in SERVICES}
    assert {name: databases - {KEYRING} for name, databases in opened.items()} == {
        name: {name} for name in SERVICES
    }
    assert {name for name in SERVICES if KEYRING in opened[name]} == {
        "intake",
        "notification",
        "console",
    }
    assert not any(user.roles for user in users.values())


def test_the_broker_knows_every_account_and_no_password_in_clear(secrets: Secrets) -> None:
    definitions = broker_definitions(secrets)

    names = {user["name"] for user in definitions["users"]}
    assert names == {*SERVICES, *(publisher.name for publisher in PUBLISHERS), "operator"}
    assert not any(password in json.dumps(definitions) for password in secrets.rabbit.values())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_told_no_secret_that_it_does_not_need(secrets: Secrets, service: str) -> None:
    told = set(service_environment(service, PLACE, secrets).values())

    knows = {name for name in KEYS if getattr(secrets, name) in told}
    assert (
        knows
        == {
            "intake": {"keyring_key", "fingerprint_key", "quarantine_key", "exclusion_key"},
            "matching": {"exclusion_key"},
            "scheduling": {"exclusion_key"},
            "notification": {"keyring_key", "link_key"},
            "console": {"keyring_key", "link_key", "permit_key"},
        }[service]
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_an_operators_token_and_a_permit_when_it_sees_them_and_can_make_neither(
    secrets: Secrets, service: str
) -> None:
    told = service_environment(service, PLACE, secrets)

    assert told[f"{service.upper()}_OPERATOR_TOKEN_SHA256"] == digest(secrets.operator_token)
    assert secrets.operator_token not in told.values()
    assert told[f"{service.upper()}_PERMITS_CHECKED_BY"] == Permits(secrets.permit_key).checked_by


def test_cookies_are_for_https_only_where_there_is_https(secrets: Secrets) -> None:
    https = replace(PLACE, public_url="https://console.example.org")

    told = [service_environment("console", place, secrets) for place in (PLACE, https)]

    assert [one["CONSOLE_SECURE_COOKIES"] for one in told] == ["false", "true"]
