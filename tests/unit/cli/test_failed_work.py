"""What an operator sees of work that was given up, and does about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.accounts import SERVICES
from tests.builders.commands import wlc
from tests.fakes.service_ports import TOKEN, FakePorts, fake_ports


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakePorts]:
    monkeypatch.setenv("WLC_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("WLC_OPERATOR_TOKEN", TOKEN)
    monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
    with fake_ports() as server:
        for service in SERVICES:
            monkeypatch.setenv(f"WLC_{service.upper()}_URL", server.url_of(service))
        yield server


def a_row(collection: str = "draws", row_id: str = "d-1", **fields: Any) -> dict[str, Any]:
    return {
        "collection": collection,
        "id": row_id,
        "due_at": "2026-11-20T09:00:00Z",
        "failed_at": "2026-11-20T09:00:01Z",
        "error_code": "rule",
        "tries": 0,
        **fields,
    }


def test_given_up_work_is_listed_by_service_with_its_reason(ports: FakePorts) -> None:
    ports.failed_work = {"matching": [a_row()], "notification": [a_row("sends", "m-1", tries=3)]}

    table = wlc("failed-work", "list")
    one = wlc("failed-work", "list", "--service", "notification", "--json")

    assert table.exit_code == one.exit_code == 0
    assert all(each in table.stdout for each in ("draws/d-1", "sends/m-1", "rule"))
    assert json.loads(one.stdout) == [{"service": "notification", **a_row("sends", "m-1", tries=3)}]


@pytest.mark.parametrize("words", [("list",), ("retry", "--all")])
def test_where_nothing_was_given_up_it_says_so(ports: FakePorts, words: tuple[str, ...]) -> None:
    ended = wlc("failed-work", *words)

    assert (ended.exit_code, ended.stdout) == (0, "")
    assert ended.stderr == "no work was given up.\n"


def test_no_given_up_work_is_an_empty_list_for_scripts(ports: FakePorts) -> None:
    ended = wlc("failed-work", "list", "--json")

    assert ended.stdout == "[]\n"


def test_work_is_tried_again_by_its_name_and_the_rest_stays(ports: FakePorts) -> None:
    ports.failed_work = {"matching": [a_row(), a_row(row_id="d-2")], "scheduling": [a_row("plans")]}

    ended = wlc("failed-work", "retry", "draws/d-2")

    assert (ended.exit_code, ended.stderr) == (0, "to be tried again: 1\n")
    assert ports.failed_work["matching"] == [a_row()]
    assert ports.failed_work["scheduling"] == [a_row("plans")]
    assert ports.written_down == [("failed_work_retried", "matching/draws/d-2")]


def test_what_cannot_be_written_down_is_not_tried_again(ports: FakePorts) -> None:
    ports.failed_work = {"matching": [a_row()]}
    ports.writes_down = 503

    ended = wlc("failed-work", "retry", "--all")

    assert ended.exit_code == 3
    assert "it is not done, for it could not be written down" in ended.stderr
    assert ports.failed_work["matching"] == [a_row()]


def test_all_work_is_tried_again_or_all_of_one_service(ports: FakePorts) -> None:
    ports.failed_work = {
        "matching": [a_row(), a_row(row_id="d-2")],
        "scheduling": [a_row("plans")],
        "console": [a_row("second_looks")],
    }

    one = wlc("failed-work", "retry", "--all", "--service", "matching", "--json")
    rest = wlc("failed-work", "retry", "--all")

    assert one.stdout == '{"retried":2}\n'
    assert rest.stderr == "to be tried again: 2\n"
    assert not any(ports.failed_work.values())


def test_a_name_that_is_not_there_is_refused_and_nothing_is_tried_again(ports: FakePorts) -> None:
    ports.failed_work = {"matching": [a_row()]}

    ended = wlc("failed-work", "retry", "draws/d-1", "draws/d-9")

    assert ended.exit_code == 1
    assert "no work that was given up is called draws/d-9" in ended.stderr
    assert ports.failed_work["matching"] == [a_row()]


def test_a_service_that_is_away_is_named_and_the_others_are_shown(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports.failed_work = {"matching": [a_row()]}
    monkeypatch.setenv("WLC_SCHEDULING_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("WLC_NOTIFICATION_URL")

    listed = wlc("failed-work", "list")
    retried = wlc("failed-work", "retry", "--all")

    assert listed.exit_code == retried.exit_code == 3
    assert "draws/d-1" in listed.stdout
    assert "to be tried again: 1" in retried.stderr
    assert "scheduling cannot be reached; the address of notification is not known" in listed.stderr


def test_a_refused_token_is_named_and_nothing_is_tried_again(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports.failed_work = {"intake": [a_row()]}
    monkeypatch.setenv("WLC_OPERATOR_TOKEN", "op_of-before")

    for words in (("list",), ("retry", "--all")):
        ended = wlc("failed-work", *words)

        assert (ended.exit_code, ended.stdout) == (2, "")
        assert "refuses the operator's token; check WLC_OPERATOR_TOKEN" in ended.stderr
    assert ports.failed_work["intake"] == [a_row()]


def test_without_a_token_no_service_is_asked(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports.failed_work = {"intake": [a_row()]}
    monkeypatch.delenv("WLC_OPERATOR_TOKEN")

    ended = wlc("failed-work", "list")

    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "WLC_OPERATOR_TOKEN" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [("retry",), ("retry", "--all", "draws/d-1"), ("list", "--service", "nonsense")],
)
def test_what_cannot_be_meant_ends_with_2(ports: FakePorts, words: tuple[str, ...]) -> None:
    ended = wlc("failed-work", *words)

    assert ended.exit_code == 2
    assert "Traceback" not in ended.output


def test_where_no_service_is_known_it_says_how_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for service in SERVICES:
        monkeypatch.delenv(f"WLC_{service.upper()}_URL", raising=False)

    ended = wlc("failed-work", "list", "--data", tmp_path)

    assert ended.exit_code == 3
    assert "wlc up" in ended.stderr


@pytest.mark.parametrize("verb", ["list", "retry"])
def test_help_has_an_example(verb: str) -> None:
    ended = wlc("failed-work", verb, "--help")

    assert f"wlc failed-work {verb}" in ended.stdout


def test_status_tells_scripts_what_was_tried_often(ports: FakePorts) -> None:
    ports.readiness |= {"outbox": 0, "failed_work": 1, "work_tried_often": 2}

    told = json.loads(wlc("status", "--json").stdout)

    assert (told["matching"]["failed_work"], told["matching"]["work_tried_often"]) == (1, 2)
