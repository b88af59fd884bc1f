"""The audit trail as a file: each byte of it counts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.auditing.files import Contents, check_file, lines_of, write
from cli.errors import CommandError
from shared.audit_chain import day_before_which
from tests.builders.commands import wlc
from tests.unit.shared.test_audit_chain import a_chain


def contents() -> Contents:
    blocks, rows = a_chain(1, 3, 2)
    return Contents(blocks, rows)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "audit.jsonl"
    write(path, contents())
    return path


def test_a_file_as_it_was_taken_away_stands_and_is_its_owners_alone(file: Path) -> None:
    told = json.loads(wlc("audit", "verify", file, "--json").stdout)

    head = contents().blocks[-1]["head"]
    assert told == {"rows": 6, "blocks": 3, "unsealed": 0, "ended": 0, "head": head, "faults": []}
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_not_written_over(file: Path) -> None:
    with pytest.raises(CommandError, match="is there already"):
        write(file, contents())


def test_a_changed_row_is_named_and_the_command_ends_with_1(file: Path) -> None:
    file.write_text(file.read_text().replace('"about":"p-3"', '"about":"p-4"'))

    ended = wlc("audit", "verify", file)

    assert ended.exit_code == 1
    assert ended.stdout == "row r-3 was changed\n"
    assert "is not as it was written" in ended.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines[:4], *lines[5:]], "row r-1 was taken away"),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], "row r-0 is there twice"),
        (lambda lines: [*lines, json.dumps({"row": {"_id": "r-9"}})], "row r-9 is in no block"),
        (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], "line 5 is not as it was"),
        (lambda lines: lines[:-1], "row r-5 was taken away"),
        (lambda lines: lines[:1], "line 1 is not as it was"),
        (lambda lines: [*lines, ""], "lines were added at the end"),
        (lambda lines: ["", *lines[1:]], "line 1 is not as it was"),
        (lambda lines: [*lines[:2], "[]", *lines[2:]], "line 3 cannot be read"),
    ],
)
def test_lines_taken_out_put_in_moved_or_cut_are_named(file: Path, change: Any, said: str) -> None:
    lines = file.read_text().splitlines()
    file.write_text("".join(f"{line}\n" for line in change(lines)))

    assert any(said in fault for fault in check_file(file).faults)


@pytest.mark.parametrize(
    "line",
    [b'{"row":{"_id":"r-0","_id":"r-0"}}', b"\xff", b"{" * 100_000, b'{"row": 1}', b"9" * 5000],
)
def test_a_file_that_is_none_is_told_to_be_changed(file: Path, line: bytes) -> None:
    file.write_bytes(file.read_bytes() + line + b"\n")

    ended = wlc("audit", "verify", file)

    assert ended.exit_code == 1
    assert "Traceback" not in ended.output


def test_the_end_that_was_cut_with_all_its_rows_is_found_by_a_head_noted_before(
    tmp_path: Path, file: Path
) -> None:
    whole, shorter = contents(), tmp_path / "shorter.jsonl"
    write(shorter, Contents(whole.blocks[:2], whole.rows[:4]))
    head = whole.blocks[-1]["head"]

    assert wlc("audit", "verify", shorter).exit_code == 0
    assert wlc("audit", "verify", shorter, "--head", head).exit_code == 1
    assert wlc("audit", "verify", file, "--head", head).exit_code == 0


@pytest.mark.parametrize("name", ["nothing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path, name: str) -> None:
    ended = wlc("audit", "verify", tmp_path / name)

    assert ended.exit_code == 2
    assert "cannot be read" in ended.stderr


TEXT = "".join(f"{line}\n" for line in lines_of(contents())).encode()


@given(data=st.data())
def test_no_byte_of_a_file_can_be_changed_taken_out_or_put_in(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at = data.draw(st.integers(0, len(TEXT) - 1))
    byte = data.draw(st.integers(0, 255)).to_bytes()
    until = data.draw(st.integers(at, min(len(TEXT), at + 40)))
    changed = TEXT[:at] + byte + TEXT[until:]
    path = tmp_path_factory.getbasetemp() / "changed.jsonl"
    path.write_bytes(changed)

    assert bool(check_file(path).faults) == (changed != TEXT)


@pytest.mark.parametrize("head", ["3f9a…", "zzz", "a" * 63])
def test_a_head_that_is_none_is_wrong_usage_and_no_word_of_a_changed_trail(
    file: Path, head: str
) -> None:
    refused = wlc("audit", "verify", file, "--head", head)

    assert refused.exit_code == 2
    assert "this is no head" in refused.stderr
    assert "not as it was written" not in refused.stderr


def test_six_years_before_a_29_february_are_counted_to_the_28th() -> None:
    assert day_before_which(date(2028, 2, 29)) == date(2022, 2, 28)
