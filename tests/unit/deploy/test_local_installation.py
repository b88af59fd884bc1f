"""Planning an installation on this machine, and knowing its processes again."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded import EmbeddedError
from deploy.local.foreground import run_until_stopped
from deploy.local.plan import DATABASE, Plan, mongo_url_for, names_account, rabbit_url_for
from deploy.local.processes import Process
from deploy.local.state import Run, forget_run, read_run
from deploy.local.supervisor import (
    FIRST_DELAY_SECONDS,
    LONGEST_DELAY_SECONDS,
    Delay,
    prepare_folder,
)


def a_child() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()
    return child


def test_ports_stay_the_same_from_start_to_start(tmp_path: Path) -> None:
    plan, told = Plan(folder=tmp_path), list[str]()

    first, second = plan.ports(told.append), plan.ports(told.append)

    assert first == second
    assert told == []
    assert len(set(first.values())) == len(first)


def test_another_port_is_used_while_the_wished_one_is_taken_and_both_moves_are_told(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        wished = busy.getsockname()[1]
        plan = Plan(folder=tmp_path, wished={"console": wished})
        other = plan.ports(told.append)["console"]

    again = plan.ports(told.append)["console"]

    assert other != wished
    assert again == wished
    mailed = "; links mailed with another port point there still"
    assert told == [
        f"port {wished} for console is taken, {other} is used instead{mailed}",
        f"console is at port {wished} now, it was at {other}{mailed}",
    ]


def test_a_demanded_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]

        with pytest.raises(EmbeddedError, match=f"port {taken} for console is taken"):
            Plan(folder=tmp_path, demanded={"console": taken}).ports(print)


def test_addresses_from_outside_are_signed_in_at() -> None:
    rabbit = rabbit_url_for("amqp://broker:5672", "intake", "a/b")
    mongo = mongo_url_for("mongodb://one,two/?replicaSet=rs0", "intake", "a/b")

    assert rabbit == "amqp://intake:a%2Fb@broker:5672/app"
    assert mongo == "mongodb://intake:a%2Fb@one,two/?replicaSet=rs0&authSource=admin"
    assert [names_account(url) for url in (rabbit, "amqp://broker")] == [True, False]


def test_a_process_is_known_by_its_id_and_start() -> None:
    child = a_child()
    process = Process.of(child.pid)
    other = Process(pid=child.pid, started="1")

    alive = process.is_alive, other.is_alive
    other.stop(grace_seconds=0.1)
    still_alive = process.is_alive
    process.stop(grace_seconds=5)

    assert alive == (True, False)
    assert still_alive
    assert not process.is_alive
    assert child.wait() != 0


def test_what_runs_is_written_down_privately_and_forgotten(tmp_path: Path) -> None:
    run = Run(supervisor=Process.of(os.getpid()), children={"intake": Process.of(os.getpid())})

    run.write(tmp_path)
    found = read_run(tmp_path)
    forget_run(tmp_path)

    assert found == run
    assert found.pids == {"intake": os.getpid(), "supervisor": os.getpid()}
    assert read_run(tmp_path) is None


def test_a_damaged_note_of_what_runs_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{")

    assert read_run(tmp_path) is None


def test_restarts_come_later_each_time() -> None:
    delay = Delay()

    waits = [delay.next() for _ in range(12)]

    assert waits[0] == FIRST_DELAY_SECONDS
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_DELAY_SECONDS


def test_one_port_for_two_parts_is_refused(tmp_path: Path) -> None:
    demanded = {"console": 18099, "intake": 18099}

    with pytest.raises(EmbeddedError, match="port 18099 is named for console and intake"):
        Plan(folder=tmp_path, demanded=demanded).ports(print)


def test_data_whose_secrets_are_missing_are_given_no_new_ones(tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path)
    (tmp_path / DATABASE).mkdir()

    with pytest.raises(EmbeddedError, match=r"secrets\.json is missing; nothing was changed"):
        prepare_folder(plan)

    assert not plan.secrets_file.exists()


def test_of_a_damaged_file_of_secrets_it_is_said_to_put_it_back(tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path)
    plan.secrets_file.write_text('{"cut')

    failed = run_until_stopped(plan, tell=str, on_ready=str)

    assert failed is not None
    assert failed.startswith(f"{plan.secrets_file} is damaged; nothing was changed: put it back")
    assert plan.secrets_file.read_text() == '{"cut'
