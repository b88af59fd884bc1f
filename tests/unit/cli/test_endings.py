"""How the command ends where no verb can say anything: run as a program of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest


def ended(
    *words: str, stdout: IO[bytes] | int, modules: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from cli.main import run; run()", *words]
    environment = {**os.environ, "PYTHONPATH": str(modules or "")}
    return subprocess.run(  # noqa: S603 - our own words
        command, env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False
    )


def test_an_interruption_while_it_still_imports_ends_silently_with_130(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")

    end = ended("--help", stdout=subprocess.PIPE, modules=tmp_path)

    assert (end.returncode, end.stdout, end.stderr) == (130, b"", b"")


@pytest.mark.parametrize("words", [("--help",), ("import", "participants", "--dry-run")])
def test_a_full_disk_is_told_of_in_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "people.csv"
    file.write_text("reference,name.display,postcode\n1,Ann,W12 7RZ\n")
    more = [str(file)] if words[-1] == "--dry-run" else []

    with Path("/dev/full").open("wb") as full:
        end = ended(*words, *more, stdout=full)

    assert end.returncode == 3
    assert end.stderr.splitlines() == [
        b"wlc: there is no room to write to; make some and run it again."
    ]
