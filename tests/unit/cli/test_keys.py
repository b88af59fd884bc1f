"""What an operator sees of the keys, and does about them."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.accounts import SERVICES, Secrets
from shared.master_keys import name_of
from tests.builders.commands import wlc
from tests.fakes.service_ports import TOKEN, FakePorts, fake_ports


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakePorts]:
    monkeypatch.setenv("WLC_DATA", str(tmp_path))
    monkeypatch.setenv("WLC_OPERATOR_TOKEN", TOKEN)
    monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
    with fake_ports() as server:
        for service in SERVICES:
            monkeypatch.setenv(f"WLC_{service.upper()}_URL", server.url_of(service))
        yield server


def test_it_is_told_how_many_keys_each_master_wraps(ports: FakePorts) -> None:
    ports.keys_left = 4

    table, script = wlc("keys", "status"), wlc("keys", "status", "--json")

    assert table.exit_code == script.exit_code == 0
    assert all(each in table.stdout for each in ("old", "new", "7", "current"))
    assert "3 keys are not under the current master yet" in table.stderr
    assert json.loads(script.stdout)["left"] == 2


def test_a_new_master_is_waited_for_until_it_wraps_every_key(ports: FakePorts) -> None:
    ports.keys_left = 2

    ended = wlc("keys", "rotate-master", "--json")

    assert (ended.exit_code, json.loads(ended.stdout)["left"]) == (0, 0)
    assert ports.written_down == [("master_key_changed", "keyring")]


def test_where_keys_stay_it_is_asked_for_again(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.keys.SECONDS", 0.01)
    monkeypatch.setattr("cli.keys.STUCK_SECONDS", 5.0)
    ports.keys_left, ports.rests, ports.wrapped_at_once = 3, True, 1

    ended = wlc("keys", "rotate-master", "--json")

    assert (ended.exit_code, json.loads(ended.stdout)["left"]) == (0, 0)


def test_where_keys_stay_for_ever_nobody_waits_for_ever(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.keys.SECONDS", 0.01)
    monkeypatch.setattr("cli.keys.STUCK_SECONDS", 0.1)
    ports.keys_left, ports.rests = 3, True

    ended = wlc("keys", "rotate-master")

    assert ended.exit_code == 1
    assert "3 keys stay under a master of before" in ended.stderr


def test_a_person_gets_a_new_key_and_that_is_written_down(ports: FakePorts) -> None:
    ports.known_person = str(uuid4())

    ended, unknown = (wlc("keys", "rotate", each) for each in (ports.known_person, str(uuid4())))
    nonsense = wlc("keys", "rotate", "Amina")

    assert ended.exit_code == 0
    assert ports.written_down[0] == ("person_key_changed", ports.known_person)
    assert (unknown.exit_code, nonsense.exit_code) == (1, 1)
    assert "Nobody has this participant id" in unknown.stderr
    assert "a UUID" in nonsense.stderr


def test_where_it_cannot_be_written_down_no_key_is_touched(ports: FakePorts) -> None:
    ports.keys_left, ports.writes_down = 5, 503

    ended = wlc("keys", "rotate-master")

    assert ended.exit_code == 3
    assert ports.keys_left == 5


def test_a_new_master_is_made_and_those_of_before_are_dropped_once_they_wrap_nothing(
    ports: FakePorts, tmp_path: Path
) -> None:
    file = tmp_path / "secrets.json"
    before = Secrets.kept_in(file)

    made = wlc("keys", "new-master")

    between = Secrets.kept_in(file)
    ports.current_master = name_of(b64decode(between.keyring_key))
    ports.keys_left = 9
    too_early, ports.keys_left = wlc("keys", "drop-masters"), 0
    dropped = wlc("keys", "drop-masters")
    after = Secrets.kept_in(file)
    assert (made.exit_code, too_early.exit_code, dropped.exit_code) == (0, 1, 0)
    assert between.keyring_key != before.keyring_key
    assert between.keyring_other_keys == (before.keyring_key,)
    assert "8 keys are still under a master of before" in too_early.stderr
    assert (after.keyring_key, after.keyring_other_keys) == (between.keyring_key, ())


def test_another_key_of_what_people_stay_away_from_is_made_and_nothing_else_changes(
    ports: FakePorts, tmp_path: Path
) -> None:
    assert ports
    before = Secrets.kept_in(tmp_path / "secrets.json")

    made = wlc("keys", "new-exclusion-key")

    after = Secrets.kept_in(tmp_path / "secrets.json")
    assert made.exit_code == 0
    assert after.exclusion_key != before.exclusion_key
    assert after.model_copy(update={"exclusion_key": before.exclusion_key}) == before


def test_while_intake_wraps_by_the_master_of_before_it_is_not_dropped(
    ports: FakePorts, tmp_path: Path
) -> None:
    file = tmp_path / "secrets.json"
    before = Secrets.kept_in(file)
    wlc("keys", "new-master")
    ports.current_master = name_of(b64decode(before.keyring_key))

    refused = wlc("keys", "drop-masters")

    assert refused.exit_code == 1
    assert "start it again" in refused.stderr
    assert Secrets.kept_in(file).keyring_other_keys == (before.keyring_key,)


def test_where_no_secrets_are_kept_no_master_is_made(ports: FakePorts) -> None:
    assert ports
    steps = ("new-master", "drop-masters", "new-exclusion-key")
    ended = [wlc("keys", each) for each in steps]

    assert [each.exit_code for each in ended] == [1, 1, 1]
    assert "docker compose run --rm setup" in ended[0].stderr


@pytest.mark.parametrize("step", ["new-master", "new-exclusion-key", "drop-masters"])
def test_a_damaged_file_of_secrets_is_named_and_nothing_of_it_is_told(
    ports: FakePorts, tmp_path: Path, step: str
) -> None:
    file = tmp_path / "secrets.json"
    file.write_text('{"keyring_key": "c2VjcmV0')

    ended = wlc("keys", step)

    assert (ended.exit_code, "secrets.json is damaged" in ended.stderr) == (1, True)
    assert "c2VjcmV0" not in ended.output
    assert file.read_text() == '{"keyring_key": "c2VjcmV0'
