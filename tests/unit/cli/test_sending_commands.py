"""What `wlc publish` and `wlc import` print and end with."""

import json
from pathlib import Path

import pytest

from tests.builders.cli import a_bad_event, a_file, an_event, json_lines
from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices

ROW = "reference,name.display,name.address_as,contacts.email,postcode"
CONSENT = "consent.involvement.given_at,consent.involvement.version,consent.involvement.how"
PERSON = "R1,Ann Lee,Ann,ann@example.org,W12 7RZ,2026-07-01,2,web"


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


def test_an_array_of_nothing_is_nothing_in_all(services: FakeServices) -> None:
    ended = wlc("publish", "-", typed="[]")

    assert (ended.exit_code, ended.stdout) == (0, "0 in all\n")


def test_standard_input_without_anything_is_called_by_its_name(services: FakeServices) -> None:
    ended = wlc("publish", "-", typed=" \n")

    assert ended.exit_code == 2
    assert ended.stderr == "wlc: standard input is empty; give CloudEvents.\n"


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


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_an_import_into_a_hub_that_there_is_not_is_refused(
    installation: FakeServices, tmp_path: Path, more: tuple[str, ...]
) -> None:
    file = a_file(tmp_path, f"{ROW},{CONSENT}\n{PERSON}\n")

    ended = wlc("import", "participants", file, "--hub", "nowhere", *more)

    assert ended.exit_code == 2
    assert ended.stderr == "wlc: there is no hub 'nowhere'; there are west-london, lambeth.\n"


def test_a_dry_run_says_what_would_be(services: FakeServices, tmp_path: Path) -> None:
    file = a_file(tmp_path, f"{ROW},{CONSENT}\n{PERSON}\n{PERSON.replace('2,web', ',')}\n")

    ended = wlc("import", "participants", file, "--dry-run")

    assert "2 in all: 1 would be accepted, 1 would be rejected" in ended.stdout


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
