"""Whose data is asked for can be named where no list of processes shows it."""

import io
from pathlib import Path
from typing import Any

import pytest

from cli.errors import CommandError
from cli.subject_access import command


def test_a_reference_is_read_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def named(_: Any, person: str) -> None:
        asked.append(person)
        raise CommandError("nobody")

    monkeypatch.setattr(command, "person_named", named)
    monkeypatch.setattr("sys.stdin", io.StringIO("NWL-000123\n"))

    with pytest.raises(CommandError, match="nobody"):
        command.subject_access("-", data=tmp_path)

    assert asked == ["NWL-000123"]
