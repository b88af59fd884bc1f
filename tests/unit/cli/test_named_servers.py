"""`wlc up` on servers of somebody else's: each service signs in as its own."""

import json
from pathlib import Path

import pytest

from deploy.accounts import SERVICES, Secrets, mongo_users
from deploy.local.mongo_accounts import accounts_script
from tests.builders.commands import wlc

NAMED = {
    "WLC_RABBIT_URL": "amqp://everybody:o1yTqk3Jw8ZrQ5mXc7VbN2@127.0.0.1:1/app",
    "WLC_MONGO_URL": "mongodb://everybody:o1yTqk3Jw8ZrQ5mXc7VbN2@127.0.0.1:1/",
}


@pytest.mark.parametrize(("variable", "address"), NAMED.items(), ids=NAMED)
def test_one_account_for_all_services_is_wrong_usage_outside_development(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    monkeypatch.delenv("WLC_DEVELOPMENT", raising=False)

    ended = wlc("up", "--detach", "--data", tmp_path)

    assert ended.exit_code == 2
    assert f"{variable} names an account, which all services would share" in ended.stderr
    assert "o1yTqk3Jw8ZrQ5mXc7VbN2" not in ended.output


def test_whoever_administers_the_database_gets_every_account_with_its_role(tmp_path: Path) -> None:
    users = mongo_users(Secrets.kept_in(tmp_path / "secrets.json"))

    script = accounts_script(users, "mongo-accounts.js")

    [text] = [part.split(";\nfor (")[0] for part in script.split("const accounts = ")[1:]]
    accounts = {each["user"]: each for each in json.loads(text)}
    assert {*SERVICES, "operator"} <= accounts.keys()
    intake = accounts["intake"]
    assert intake["credentials"]["roles"] == [{"role": intake["role"], "db": "admin"}]
    assert {each["resource"]["db"] for each in intake["rights"]["privileges"]} == {
        "intake",
        "keyring",
    }
