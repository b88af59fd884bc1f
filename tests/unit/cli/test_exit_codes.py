"""What commands print and end with."""

import json
from pathlib import Path

import pytest

from cli import http_door
from tests.builders.cli import a_file, an_event
from tests.builders.commands import wlc
from tests.fakes.cli import KEY, FakeServices


def test_access_tells_again_what_up_told(installation: FakeServices) -> None:
    told, readable = wlc("access", "--json"), wlc("access")

    keys = {each["name"]: each["key"] for each in json.loads(told.stdout)["publishers"]}
    assert keys == {"nwl-trust": KEY, "lambeth-hub": "pk_lambeth-hub_other"}
    assert all(each in readable.stdout for each in (KEY, "amqp://nwl-trust:", "the-password"))


def test_the_help_of_up_names_the_usual_ports() -> None:
    ended = wlc("up", "--help")

    assert "8080 in ./.wlc" in " ".join(ended.stdout.split())


def test_a_start_where_it_runs_says_where_the_keys_are(installation: FakeServices) -> None:
    ended = wlc("up", "--json")

    assert ended.exit_code == 2
    assert "`wlc access --json` prints its addresses and keys" in ended.stderr


def test_an_intake_that_is_away_ends_with_3(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WLC_INTAKE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(http_door, "PATIENCE_SECONDS", 0.0)

    ended = wlc("publish", "-", typed=json.dumps(an_event()))

    assert ended.exit_code == 3
    assert ended.stderr.startswith("wlc: intake cannot be reached")


@pytest.mark.parametrize(
    "words",
    [
        ("publish", "no-such-file.jsonl"),
        ("publish",),
        ("nonsense",),
        ("import", "participants", "no-such-file.csv"),
        ("dead-letters", "list", "--service", "nonsense"),
        ("dead-letters", "drop", "--yes"),
        ("matches", "--status", "weird"),
        ("up", "--data", "pyproject.toml", "--detach"),
        ("up", "--data", "pyproject.toml"),
        ("publish", "people.xlsx"),
    ],
)
def test_mistakes_of_usage_end_with_2_and_no_traceback(
    services: FakeServices, words: tuple[str, ...]
) -> None:
    ended = wlc(*words)

    assert ended.exit_code == 2
    assert "Traceback" not in ended.output
    assert isinstance(ended.exception, SystemExit)


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("matches",),
        ("access",),
        ("dead-letters", "list"),
        ("publish", "-"),
        ("publish", "-", "--via", "amqp"),
        ("publish", "-", "--publisher", "nwl-trust"),
    ],
)
def test_where_nothing_runs_it_says_how_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    for name in ("INTAKE_URL", "CONSOLE_URL", "RABBIT_URL", "STAFF_TOKEN", "PUBLISHER_KEY"):
        monkeypatch.delenv(f"WLC_{name}", raising=False)

    ended = wlc(*words, "--data", tmp_path, typed=json.dumps(an_event()))

    assert ended.exit_code == 3
    assert "nothing runs on" in ended.stderr
    assert "wlc up" in ended.stderr


@pytest.mark.parametrize(
    ("variable", "address", "words"),
    [
        ("WLC_RABBIT_URL", "nonsense", ("dead-letters", "list")),
        ("WLC_RABBIT_URL", "amqp://host:port/app", ("status",)),
        ("WLC_RABBIT_URL", "http://host", ("up",)),
        ("WLC_MONGO_URL", "mongodb://one,:2/", ("up", "--detach")),
        ("WLC_MONGO_URL", "mongodb://one:99999", ("doctor",)),
        ("WLC_PUBLISHER_AMQP_URL", "amqp://", ("publish", "-", "--via", "amqp")),
        ("WLC_INTAKE_URL", "localhost:8081", ("publish", "-")),
        ("WLC_CONSOLE_URL", "http://[::1", ("matches",)),
        ("WLC_MATCHING_URL", "http://", ("status",)),
    ],
)
def test_a_variable_that_names_no_address_is_wrong_usage_in_one_sentence(
    services: FakeServices,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    address: str,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv(variable, address)

    ended = wlc(*words, typed=json.dumps(an_event()))

    assert f"{variable} is no address; write it like " in ended.output
    assert isinstance(ended.exception, SystemExit)
    assert ended.exit_code == (3 if words == ("doctor",) else 2)  # other things are away there


def test_down_where_nothing_runs_is_no_error(tmp_path: Path) -> None:
    assert wlc("down", "--data", tmp_path).exit_code == 0


def test_matches_are_shown_as_a_table_and_as_they_are(services: FakeServices) -> None:
    quota = {"feature": "sex", "value": "female", "min": 1, "max": 2, "selected": 3}
    match = {
        "match_id": "m-1",
        "engagement_reference": "NWL-1",
        "hub": "west-london",
        "status": "proposed",
        "places": 2,
        "eligible": 7,
        "panel": [{}, {}],
        "reserves": [],
        "quotas": [quota],
    }
    services.pages["/v1/matches?hub=west-london"] = [match]

    table = wlc("matches", "--hub", "west-london")
    plain = wlc("matches", "--hub", "west-london", "--json")

    assert "0 of 1" in table.stdout
    assert json.loads(plain.stdout) == [match]


def test_a_refused_staff_token_is_wrong_usage(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WLC_STAFF_TOKEN", "wrong")

    ended = wlc("messages")

    assert ended.exit_code == 2
    assert "WLC_STAFF_TOKEN" in ended.stderr


def test_an_unknown_status_is_refused_with_those_that_there_are(services: FakeServices) -> None:
    ended = wlc("messages", "--status", "weird")

    assert ended.exit_code == 2
    assert all(status in ended.stderr for status in ("queued", "sent", "failed", "to_call"))


def test_a_hub_that_the_installation_does_not_have_is_refused(installation: FakeServices) -> None:
    ended = wlc("matches", "--hub", "nowhere")

    assert ended.exit_code == 2
    assert "there is no hub 'nowhere'; there are west-london, lambeth." in ended.stderr


def test_a_trace_of_nothing_says_so_and_no_address_of_ours(services: FakeServices) -> None:
    ended = wlc("trace", "../nosuch")

    assert ended.exit_code == 1
    assert ended.stderr.startswith("wlc: nothing is known of '../nosuch'; give a correlation id")
    assert "submission, participant, engagement" in ended.stderr


def test_a_trace_of_what_has_several_causes_is_a_tree_of_each(services: FakeServices) -> None:
    step = {"type": "wlc.x.v1", "time": "1", "source": "intake", "subject": "p-1"}
    services.pages["/v1/trace/p-1"] = [
        {**step, "id": "1", "causation_id": None, "correlation_id": "first"},
        {**step, "id": "2", "causation_id": None, "correlation_id": "second"},
    ]

    lines = wlc("trace", "p-1").stdout.splitlines()

    assert [lines[0], lines[2]] == ["first", "second"]


def test_a_trace_is_never_cut(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    step = {"type": "wlc.match.proposed.v1", "time": "2026-11-16T09:12:04Z", "source": "matching"}
    subjects = [f"{n}3c9ee59-3bf9-4587-b8ba-1161063f397e" for n in range(3)]
    services.pages["/v1/trace/cause"] = [
        {**step, "id": str(n), "causation_id": str(n - 1), "subject": subject}
        for n, subject in enumerate(subjects)
    ]

    ended = wlc("trace", "cause")

    lines = ended.stdout.splitlines()
    assert [line.split()[-1] for line in lines] == ["cause", *subjects]


@pytest.mark.parametrize(
    ("name", "content"),
    [("people.xlsx", b"PK\x03\x04..."), ("people.CSV", b"reference,postcode\n")],
)
def test_a_spreadsheet_to_publish_is_sent_to_the_import(
    services: FakeServices, tmp_path: Path, name: str, content: bytes
) -> None:
    file = a_file(tmp_path, content, name=name)

    ended = wlc("publish", file)

    assert ended.exit_code == 2
    assert f"`wlc import participants {file}` takes it" in ended.stderr


def test_a_file_in_place_of_the_folder_is_wrong_usage(tmp_path: Path) -> None:
    ended = wlc("up", "--detach", "--data", a_file(tmp_path, "x"))

    assert ended.exit_code == 2
    assert "is no folder" in ended.stderr
