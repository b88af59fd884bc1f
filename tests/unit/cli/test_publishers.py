"""What an operator does about other systems that submit."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.builders.commands import wlc
from tests.fakes.http import JsonHandler, served

TOKEN = "op_secret"
DIGEST = "ab" * 32


class Intake(ThreadingHTTPServer):
    """Intake's address for publishers, and the console's for what is written down."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.publishers: dict[str, dict[str, Any]] = {"nwl-trust": a_publisher()}
        self.written_down: list[tuple[str, str]] = []
        self.writes_down = 201


class _Handler(JsonHandler):
    server: Intake

    def on_get(self) -> None:
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.answer(list(self.server.publishers.values()))

    def on_post(self) -> None:
        asked = json.loads(self.read_body())
        self.server.written_down += [(asked["what"], each) for each in asked["about"]]
        self.answer({"rows": 1}, self.server.writes_down)

    def on_put(self) -> None:
        name = self.path.rpartition("/")[2]
        self.server.publishers[name] = {"name": name, "used": {}, **json.loads(self.read_body())}
        self.answer(self.server.publishers[name])


def a_publisher(**changes: Any) -> dict[str, Any]:
    return {
        "name": "nwl-trust",
        "types": ["wlc.participant.submitted.v1"],
        "hubs": ["west-london"],
        "keys": [{"id": "abababab", "sha256": DIGEST, "made_at": None, "ends_at": None}],
        "per_minute": None,
        "closed": False,
        "version": 3,
        "used": {"abababab": "2026-11-20T09:30:00Z"},
        **changes,
    }


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Intake]:
    monkeypatch.setenv("WLC_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("WLC_OPERATOR_TOKEN", TOKEN)
    monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
    with served(Intake()) as server:
        for service in ("INTAKE", "CONSOLE"):
            monkeypatch.setenv(f"WLC_{service}_URL", f"http://127.0.0.1:{server.server_port}")
        yield server


def test_publishers_are_listed_with_their_keys_by_id_and_last_use_and_no_digest(
    intake: Intake,
) -> None:
    table, told = wlc("publishers", "list"), wlc("publishers", "list", "--json")

    assert all(each in table.stdout for each in ("nwl-trust", "abababab", "2026-11-20 09:30 UTC"))
    assert json.loads(told.stdout)[0]["used"] == {"abababab": "2026-11-20T09:30:00Z"}
    assert DIGEST not in table.stdout + told.stdout


def test_a_new_publisher_gets_a_key_that_is_printed_once_and_known_by_its_digest(
    intake: Intake,
) -> None:
    words = ("--types", "wlc.participant.", "--hubs", "lambeth", "--per-minute", "60")

    ended = wlc("publishers", "add", "harrow", *words)

    key, made = ended.stdout.strip(), intake.publishers["harrow"]
    assert key.startswith("pk_harrow_")
    assert made["keys"][0]["sha256"] == hashlib.sha256(key.encode()).hexdigest()
    assert (made["hubs"], made["per_minute"], made["version"]) == (["lambeth"], 60, 0)
    assert "wlc.participant.withdrawn.v1" in made["types"]
    assert key not in json.dumps(intake.publishers)
    assert intake.written_down == [("publisher_added", "harrow")]


def test_a_new_key_opens_beside_the_older_one_which_ends_after_the_time_named(
    intake: Intake,
) -> None:
    ended = wlc("publishers", "rotate", "nwl-trust", "--ends-in", "2h")

    old, new = intake.publishers["nwl-trust"]["keys"]
    left = datetime.fromisoformat(old["ends_at"]) - datetime.now(UTC)
    assert timedelta(minutes=119) < left <= timedelta(hours=2)
    assert new["sha256"] == hashlib.sha256(ended.stdout.strip().encode()).hexdigest()
    assert new["ends_at"] is None
    assert intake.publishers["nwl-trust"]["version"] == 3
    assert intake.written_down == [("publisher_key_made", f"nwl-trust/{new['id']}")]


def test_a_key_that_ends_sooner_is_not_kept_longer_and_one_that_ended_goes(intake: Intake) -> None:
    now = datetime.now(UTC)
    ends = [(now + timedelta(hours=1)).isoformat(), (now - timedelta(hours=1)).isoformat()]
    keys = [{"id": f"{n}" * 8, "sha256": DIGEST, "ends_at": at} for n, at in enumerate(ends)]
    intake.publishers["nwl-trust"] = a_publisher(keys=keys)

    wlc("publishers", "rotate", "nwl-trust")

    old, _ = intake.publishers["nwl-trust"]["keys"]
    assert datetime.fromisoformat(old["ends_at"]) == datetime.fromisoformat(ends[0])


def test_one_key_is_revoked_or_all_and_then_the_publisher_is_closed(intake: Intake) -> None:
    keys = [{"id": "1" * 8, "sha256": DIGEST}, {"id": "2" * 8, "sha256": DIGEST}]
    intake.publishers["nwl-trust"] = a_publisher(keys=keys)

    wlc("publishers", "revoke", "nwl-trust", "--key", "1" * 8)
    one = intake.publishers["nwl-trust"]
    wlc("publishers", "revoke", "nwl-trust")
    every = intake.publishers["nwl-trust"]

    assert ([key["id"] for key in one["keys"]], one["closed"]) == (["2" * 8], False)
    assert (every["keys"], every["closed"]) == ([], True)
    assert [about for _, about in intake.written_down] == ["nwl-trust/11111111", "nwl-trust/all"]


def test_a_new_key_of_who_was_closed_says_that_they_are_open_again(intake: Intake) -> None:
    intake.publishers["nwl-trust"] = a_publisher(keys=[], closed=True)

    closed, opened = (wlc("publishers", "rotate", "nwl-trust") for _ in range(2))

    assert "nwl-trust was closed, and is open again." in closed.stderr
    assert "open again" not in opened.stderr


def test_all_that_is_wrong_with_a_new_publisher_is_said_at_once(intake: Intake) -> None:
    ended = wlc("publishers", "add", "Har row", "--types", "nonsense", "--hubs", "L")

    assert ended.exit_code == 2
    for fault in ("'Har row' is no name", "no type begins with 'nonsense'", "'L' is no name of"):
        assert fault in ended.stderr


def test_what_is_not_named_stays_as_it_is(intake: Intake) -> None:
    ended = wlc("publishers", "set", "nwl-trust", "--hubs", "west-london,lambeth")

    changed = intake.publishers["nwl-trust"]
    assert ended.exit_code == 0
    assert sorted(changed["hubs"]) == ["lambeth", "west-london"]
    assert changed["types"] == ["wlc.participant.submitted.v1"]
    assert changed["keys"][0]["sha256"] == DIGEST


def test_what_cannot_be_written_down_is_not_done(intake: Intake) -> None:
    intake.writes_down = 503

    ended = wlc("publishers", "revoke", "nwl-trust")

    assert ended.exit_code == 3
    assert intake.publishers["nwl-trust"] == a_publisher()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "Harrow!", "--types", "wlc.", "--hubs", "lambeth"), 2, "is no name"),
        (("add", "themselves", "--types", "wlc.", "--hubs", "lambeth"), 2, "the person"),
        (("add", "intake", "--types", "wlc.", "--hubs", "lambeth"), 2, "call ourselves"),
        (("add", "harrow", "--hubs", "lambeth"), 2, "--types and --hubs"),
        (("add", "harrow", "--types", "", "--hubs", "lambeth"), 2, "what it may send"),
        (("set", "nwl-trust", "--hubs", " , "), 2, "what it may send"),
        (("add", "nwl-trust", "--types", "wlc.", "--hubs", "lambeth"), 1, "already"),
        (
            ("add", "harrow", "--types", "x,y", "--hubs", "L"),
            2,
            "'x'; no type begins with 'y'",
        ),
        (("rotate", "nobody"), 1, "there are nwl-trust"),
        (("rotate", "nwl-trust", "--ends-in", "soon"), 2, "no time"),
        (("revoke", "nwl-trust", "--key", "nothing"), 1, "no key"),
        (("set", "nwl-trust"), 2, "name what is to change"),
        (("set", "nwl-trust", "--types", "wlc.match."), 2, "no type begins"),
    ],
)
def test_what_cannot_be_meant_is_said_and_changes_nothing(
    intake: Intake, words: tuple[str, ...], code: int, said: str
) -> None:
    ended = wlc("publishers", *words)

    assert (ended.exit_code, said in ended.stderr) == (code, True)
    assert intake.publishers == {"nwl-trust": a_publisher()}
    assert intake.written_down == []
