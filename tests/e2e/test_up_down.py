"""A whole installation by the operator's command: started, used, wounded, stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.processes import Process
from deploy.local.state import read_run

SECONDS = 120
DEMO = Path("deploy/demo/input")
Installation = dict[str, Any]


def wlc(
    folder: Path, *words: str | Path, typed: str | None = None
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WLC_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", "from cli.main import run; run()", *map(str, words)],
        env={**inherited, "WLC_DATA": str(folder)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def good_events(name: str) -> list[dict[str, Any]]:
    wrong = json.loads((DEMO / "expected.json").read_text())["files"][name]["faults"]
    events = map(json.loads, (DEMO / name).read_text().splitlines())
    return [event for event in events if event["id"] not in {fault["id"] for fault in wrong}]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation")


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Installation]:
    started = wlc(folder, "up", "--detach", "--json")
    assert started.returncode == 0, started.stderr
    [line] = started.stdout.splitlines()
    yield json.loads(line)
    processes = processes_of(folder)
    assert wlc(folder, "down").returncode == 0
    assert not any(process.is_alive for process in processes)


def processes_of(folder: Path) -> list[Process]:
    run = read_run(folder)
    assert run is not None
    return [run.supervisor, *run.children.values()]


def statuses(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(wlc(folder, "status", "--json").stdout)
    return found


def test_every_address_is_told(up: Installation) -> None:
    assert {
        "intake_url",
        "console_url",
        "rabbit_url",
        "mongo_url",
        "mail_dir",
        "publishers",
        "staff",
        "pids",
    } <= up.keys()
    assert Path(up["mail_dir"]).is_dir()


def test_every_service_is_ready(up: Installation, folder: Path) -> None:
    found = statuses(folder)

    assert {name: one["ready"] for name, one in found.items()} == dict.fromkeys(found, True)
    assert found["intake"]["pid"] == up["pids"]["intake"]


def test_doctor_finds_all_well_and_has_nothing_to_put_right(up: Installation, folder: Path) -> None:
    found = wlc(folder, "doctor", "--json")
    mended = wlc(folder, "doctor", "--fix", "--json")

    [first, *others] = json.loads(mended.stdout)
    assert (found.returncode, mended.returncode) == (0, 0)
    assert first["check"] == "bindings"
    assert [one["check"] for one in others] == [one["check"] for one in json.loads(found.stdout)]


@pytest.mark.parametrize("via", ["http", "amqp"])
def test_nine_good_events_and_a_bad_one_by_each_door(
    up: Installation, folder: Path, tmp_path: Path, via: str
) -> None:
    events = good_events(f"people-{via}.jsonl")[:10]
    events[4]["data"] |= {"postcode": "nowhere", "consent": {}}
    file = tmp_path / "ten.jsonl"
    file.write_text("".join(f"{json.dumps(event)}\n" for event in events))

    ended = wlc(folder, "publish", file, "--via", via, "--json")

    outcomes = {one["line"]: one for one in map(json.loads, ended.stdout.splitlines())}
    faults = {fault["pointer"] for fault in outcomes[5]["faults"]}
    assert ended.returncode == 1, ended.stderr
    assert [line for line, one in outcomes.items() if one["status"] == "rejected"] == [5]
    assert {"/data/postcode"} <= faults
    assert any(pointer.startswith("/data/consent") for pointer in faults)


def test_publishing_by_amqp_twice_is_answered_twice(
    up: Installation, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(good_events("people-amqp.jsonl")[20]))

    codes = [
        wlc(folder, "publish", file, "--via", "amqp", "--wait", "3").returncode for _ in range(2)
    ]

    assert codes == [0, 0]


def test_a_spreadsheet_is_imported_and_its_faults_named(up: Installation, folder: Path) -> None:
    expected = json.loads((DEMO / "expected.json").read_text())["files"]["people-import.csv"]
    file, mapping = DEMO / "people-import.csv", DEMO / "import-mapping.toml"

    ended = wlc(folder, "import", "participants", file, "--mapping", mapping, "--json")

    outcomes = [json.loads(line) for line in ended.stdout.splitlines()]
    rejected = {one["row"] for one in outcomes if one["status"] == "rejected"}
    assert ended.returncode == 1
    assert rejected == {fault["number"] + 1 for fault in expected["faults"]}


def test_a_second_start_on_the_folder_is_refused(up: Installation, folder: Path) -> None:
    ended = wlc(folder, "up", "--detach")

    assert ended.returncode == 2
    assert "it runs on" in ended.stderr


def test_what_is_killed_comes_back(up: Installation, folder: Path) -> None:
    killed = {name: up["pids"][name] for name in ("matching", "rabbitmq", "mongod")}

    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)

    def all_are_back() -> bool:
        run = read_run(folder)
        renewed = run and all(run.pids[name] != pid for name, pid in killed.items())
        return bool(renewed) and all(one["ready"] for one in statuses(folder).values())

    until(all_are_back)


def test_a_server_whose_restart_fails_is_started_until_it_is_back(
    up: Installation, folder: Path
) -> None:
    run = read_run(folder)
    assert run is not None
    obstacle = folder / "mongo" / "replica.key.new"
    obstacle.mkdir()

    os.kill(run.pids["mongod"], signal.SIGKILL)
    until(lambda: "cannot be used" in (folder / "logs" / "supervisor.log").read_text())
    obstacle.rmdir()

    until(lambda: all(one["ready"] for one in statuses(folder).values()))


def test_a_killed_supervisor_leaves_nothing_behind_and_loses_nothing(tmp_path: Path) -> None:
    event = json.dumps(good_events("people-http.jsonl")[0])
    first = json.loads(wlc(tmp_path, "up", "--detach", "--json").stdout)
    processes = processes_of(tmp_path)
    sent = wlc(tmp_path, "publish", "-", "--json", typed=event)

    os.kill(first["pids"]["supervisor"], signal.SIGKILL)
    stopped = wlc(tmp_path, "down")
    still_alive = [process for process in processes if process.is_alive]
    again = json.loads(wlc(tmp_path, "up", "--detach", "--json").stdout)
    known = wlc(tmp_path, "publish", "-", "--json", typed=event)
    wlc(tmp_path, "down")

    assert (sent.returncode, stopped.returncode, still_alive) == (0, 0, [])
    assert again["console_url"] == first["console_url"]
    assert json.loads(known.stdout)["duplicate"]
