"""The auditor, briefly: each kind of fault once, and every effect counted."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.soak.broker import EmbeddedBroker
from tests.soak.faults import BRIEF, Faults
from tests.soak.installation import Installation
from tests.soak.network import Network

SECONDS = 1200
SEED = "7"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("soak")


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    run = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.soak", "--brief", "--seed", SEED, "--json"],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        printed, told = run.communicate(timeout=SECONDS)
    finally:
        run.send_signal(signal.SIGTERM)
    assert printed, told
    found: dict[str, Any] = json.loads(printed)
    return found


def test_nothing_is_lost_or_doubled_whatever_breaks(report: dict[str, Any]) -> None:
    wrong = [each for each in report["findings"] if each["lost"] or each["doubled"]]

    assert wrong == []
    assert (report["refused"], report["failed_work"], report["under_way"]) == (0, 0, "")


def test_every_effect_was_there_to_be_counted(report: dict[str, Any]) -> None:
    assert [each["effect"] for each in report["findings"] if not each["expected"]] == []


def test_every_kind_of_fault_was_injected_or_is_said_to_be_impossible(
    report: dict[str, Any], folder: Path
) -> None:
    at = Installation(folder)
    there_are = Faults(at, EmbeddedBroker(at), Network(outside=""), 0, BRIEF).all_kinds()

    assert {*report["faults"], *report["left_out"]} == there_are.keys()
    assert report["longest_queue"] > 100
    assert set(report["faults"]).isdisjoint(report["left_out"])
    assert list(folder.iterdir()) == []
