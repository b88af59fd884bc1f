"""What commands print and end with."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import http_door
from cli.main import app
from tests.builders.cli import a_bad_event, a_file, a_run, an_event, json_lines
from tests.fakes.cli import KEY, TOKEN, FakeServices, fake_services

ROW = "reference,name.display,name.address_as,contacts.email,postcode"
CONSENT = "consent.involvement.given_at,consent.involvement.version,consent.involvement.how"
PERSON = "R1,Ann Lee,Ann,ann@example.org,W12 7RZ,2026-07-01,2,web"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServices]:
    monkeypatch.setenv("WLC_DATA", str(tmp_path / "nothing"))
    with fake_services() as server:
        monkeypatch.setenv("WLC_INTAKE_URL", server.url)
        monkeypatch.setenv("WLC_CONSOLE_URL", server.url)
        monkeypatch.setenv("WLC_PUBLISHER_KEY", KEY)
        monkeypatch.setenv("WLC_STAFF_TOKEN", TOKEN)
        yield server


@pytest.fixture
def installation(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> FakeServices:
    for name in ("INTAKE_URL", "CONSOLE_URL", "PUBLISHER_KEY", "STAFF_TOKEN"):
        monkeypatch.delenv(f"WLC_{name}")
    monkeypatch.setenv("WLC_DATA", str(tmp_path))
    a_run(services.url).write(tmp_path)
    return services


def wlc(*words: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)


def test_nine_good_events_and_a_bad_one(services: FakeServices, tmp_path: Path) -> None:
    events = [an_event(f"e-{n}") for n in range(9)]
    file = a_file(tmp_path, json_lines(*events[:4], a_bad_event("bad"), *events[4:]))

    ended = wlc("publish", file, "--json")

    outcomes = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.exit_code == 1
    assert [one["line"] for one in outcomes if one["status"] == "rejected"] == [5]
    assert len([one for one in outcomes if one["status"] == "accepted"]) == 9
    assert outcomes[4]["faults"][0]["pointer"] == "/data/postcode"


def test_all_good_ends_with_0_and_so_does_the_same_file_again(
    services: FakeServices, tmp_path: Path
) -> None:
    file = a_file(tmp_path, json_lines(*(an_event(f"e-{n}") for n in range(250))))

    first, again = wlc("publish", file), wlc("publish", file)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "250 in all: 250 accepted" in first.stdout
    assert "(250 of them sent before)" in again.stdout
    assert services.requests == 6


def test_what_spoils_a_whole_batch_is_found_and_harms_no_other(
    services: FakeServices, tmp_path: Path
) -> None:
    spoilt = '{"id": "nan", "source": "nwl-trust", "data": NaN}\n'
    events = json_lines(*(an_event(f"e-{n}") for n in range(9)))

    ended = wlc("publish", a_file(tmp_path, events + spoilt))

    assert ended.exit_code == 1
    assert "10 in all: 9 accepted, 1 rejected" in ended.stdout
    assert "/data: NaN is no number." in ended.stdout


def test_a_line_that_is_not_json_is_told_of(services: FakeServices, tmp_path: Path) -> None:
    ended = wlc("publish", a_file(tmp_path, f"{json_lines(an_event())}{{oops\n"))

    assert ended.exit_code == 1
    assert "rejected   line 2" in ended.stdout


def test_a_passing_failure_is_waited_out(services: FakeServices) -> None:
    services.failures_ahead = 1

    ended = wlc("publish", "-", typed=json.dumps(an_event()))

    assert ended.exit_code == 0


def test_an_unknown_key_is_wrong_usage(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WLC_PUBLISHER_KEY", "pk_somebody_else")

    ended = wlc("publish", "-", typed=json.dumps(an_event()))

    assert ended.exit_code == 2
    assert "does not know the key of publisher 'somebody'" in ended.stderr


def test_an_event_of_an_unknown_source_is_refused_and_the_others_go_on(
    installation: FakeServices, tmp_path: Path
) -> None:
    sourceless = {name: value for name, value in an_event("none").items() if name != "source"}
    events = [an_event("stray", source="nobody"), sourceless, an_event("good")]

    ended = wlc("publish", a_file(tmp_path, json_lines(*events)), "--json")

    told = {one["id"]: one for one in map(json.loads, ended.stdout.splitlines())}
    faults = {key: [(f["pointer"], f["code"]) for f in one["faults"]] for key, one in told.items()}
    assert ended.exit_code == 1
    assert faults == {
        "stray": [("/source", "unknown-source")],
        "none": [("/source", "missing")],
        "good": [],
    }
    assert [*installation.received] == ["good"]


def test_an_event_without_a_source_is_sent_where_only_one_publisher_is_known(
    services: FakeServices,
) -> None:
    sourceless = {name: value for name, value in an_event().items() if name != "source"}

    ended = wlc("publish", "-", typed=json.dumps(sourceless))

    assert (ended.exit_code, len(services.received)) == (0, 1)


def test_a_publisher_named_wrongly_is_wrong_usage(installation: FakeServices) -> None:
    ended = wlc("publish", "-", "--publisher", "nobody", typed=json.dumps(an_event()))

    assert ended.exit_code == 2
    assert "name one of nwl-trust, lambeth-hub" in ended.stderr


def test_access_tells_again_what_up_told(installation: FakeServices) -> None:
    told, readable = wlc("access", "--json"), wlc("access")

    keys = {each["name"]: each["key"] for each in json.loads(told.stdout)["publishers"]}
    assert keys == {"nwl-trust": KEY, "lambeth-hub": "pk_lambeth-hub_other"}
    assert all(each in readable.stdout for each in (KEY, "amqp://nwl-trust:", "the-password"))


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


def test_down_where_nothing_runs_is_no_error(tmp_path: Path) -> None:
    assert wlc("down", "--data", tmp_path).exit_code == 0


def test_import_sends_good_rows_and_names_bad_ones_by_row_and_column(
    services: FakeServices, tmp_path: Path
) -> None:
    bad = PERSON.replace("W12 7RZ", "bad").replace("R1", "R2")
    file = a_file(tmp_path, f"{ROW},{CONSENT}\n{PERSON}\n{bad}\n")

    ended = wlc("import", "participants", file)

    assert ended.exit_code == 1
    assert "rejected   row 3" in ended.stdout
    assert "postcode: No such postcode." in ended.stdout
    assert len(services.received) == 2


def test_importing_the_same_file_twice_changes_nothing(
    services: FakeServices, tmp_path: Path
) -> None:
    file = a_file(tmp_path, f"{ROW},{CONSENT}\n{PERSON}\n")

    codes = [wlc("import", "participants", file).exit_code for _ in range(2)]

    assert codes == [0, 0]
    assert len(services.received) == 1


def test_a_dry_run_sends_nothing(services: FakeServices, tmp_path: Path) -> None:
    file = a_file(tmp_path, f"{ROW},{CONSENT}\n{PERSON.replace('2,web', ',')}\n")

    ended = wlc("import", "participants", file, "--dry-run", "--json")

    assert ended.exit_code == 1
    assert services.requests == 0
    assert [fault["column"] for fault in json.loads(ended.stdout)["faults"]] == [
        "consent.involvement.version",
        "consent.involvement.how",
    ]


def test_a_dry_run_and_a_real_one_agree_on_a_moment_of_consent(
    services: FakeServices, tmp_path: Path
) -> None:
    good = PERSON.replace("2026-07-01", "2026-05-27T13:50:00Z")
    bad = good.replace("R1", "R2").replace("W12 7RZ", "bad")
    good_file = a_file(tmp_path, f"{ROW},{CONSENT}\n{good}\n", name="good.csv")
    bad_file = a_file(tmp_path, f"{ROW},{CONSENT}\n{bad}\n", name="bad.csv")

    checked, sent = (wlc("import", "participants", good_file, *dry) for dry in (["--dry-run"], []))
    refused = wlc("import", "participants", bad_file, "--json")

    assert (checked.exit_code, sent.exit_code) == (0, 0)
    assert [fault["column"] for fault in json.loads(refused.stdout)["faults"]] == ["postcode"]


def test_an_empty_spreadsheet_is_wrong_usage(services: FakeServices, tmp_path: Path) -> None:
    ended = wlc("import", "participants", a_file(tmp_path, ""))

    assert ended.exit_code == 2
    assert "is empty" in ended.stderr


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
    assert ended.stderr == "wlc: no event has the correlation id ../nosuch.\n"


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
