"""The demo with a few hundred people, on real servers, from nothing to nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PEOPLE = 300
SECONDS = 420


def demo(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "deploy.demo.run", "--people", str(PEOPLE), *options],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_naming(folder: Path) -> list[str]:
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


def test_main_job_runs_end_to_end_and_leaves_nothing(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    report_file = tmp_path / "report.json"

    run = demo(temporary, "--json", str(report_file))
    printed, _ = run.communicate(timeout=SECONDS)

    assert run.returncode == 0, printed
    report = json.loads(report_file.read_text())
    assert sum(file["sent"] for file in report["submissions"]) > PEOPLE
    assert sum(file["rejected"] for file in report["submissions"]) > 0
    assert len(report["matches"]) == 12
    assert report["invitations"]["accepted"] > 0
    assert report["replacements"] > 0
    assert report["killed"]["back_after_seconds"] > 0
    assert list(temporary.iterdir()) == []
    assert processes_naming(temporary) == []


def test_interrupted_demo_stops_everything_and_says_so(tmp_path: Path) -> None:
    run = demo(tmp_path)
    assert run.stdout is not None
    deadline = time.monotonic() + SECONDS
    while "is ready" not in run.stdout.readline():
        assert time.monotonic() < deadline

    run.send_signal(signal.SIGTERM)
    printed, _ = run.communicate(timeout=SECONDS)

    assert run.returncode == 1
    assert "interrupted" in printed
    assert list(tmp_path.iterdir()) == []
    assert processes_naming(tmp_path) == []
