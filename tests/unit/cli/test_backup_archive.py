"""The file of a backup: whole as it was written, or refused; and the key that opens it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.backups.archive import PIECE_BYTES, ArchiveError, Writer, read_header, records
from cli.backups.keys import key_for_backup, key_in
from cli.errors import CommandError

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
INCOMPRESSIBLE = os.urandom(PIECE_BYTES)


def written(path: Path, *rows: bytes) -> Path:
    with Writer(path, KEY, {"made_at": "now"}) as file:
        for row in rows:
            file.add(b"D", row)
    return path


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "data.wlcb"
    return written(path, b"first", INCOMPRESSIBLE, INCOMPRESSIBLE, b"last")


def test_what_was_written_is_read_however_long(long_file: Path) -> None:
    found = list(records(long_file, KEY))

    assert found == [(b"D", each) for each in (b"first", INCOMPRESSIBLE, INCOMPRESSIBLE, b"last")]
    assert read_header(long_file)["made_at"] == "now"


def test_an_empty_file_is_one_too(tmp_path: Path) -> None:
    assert list(records(written(tmp_path / "data.wlcb"), KEY)) == []


def test_it_holds_nothing_in_the_clear_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = written(tmp_path / "data.wlcb", b"Amina Yusuf " * 1000)

    assert b"Amina" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_changed_byte_is_found_wherever_it_is(long_file: Path, place: float, flip: int) -> None:
    content = bytearray(long_file.read_bytes())
    content[int(place * len(content))] ^= flip
    changed = long_file.with_name("changed")
    changed.write_bytes(content)

    with pytest.raises(ArchiveError):
        list(records(changed, KEY))


@given(place=st.floats(0, 1, exclude_max=True))
def test_an_end_that_is_cut_off_is_found(long_file: Path, place: float) -> None:
    content = long_file.read_bytes()
    cut = long_file.with_name("cut")
    cut.write_bytes(content[: int(place * len(content))])

    with pytest.raises(ArchiveError):
        list(records(cut, KEY))


def test_what_is_added_at_the_end_is_found(long_file: Path) -> None:
    longer = long_file.with_name("longer")
    longer.write_bytes(long_file.read_bytes() + b"x")

    with pytest.raises(ArchiveError, match="added"):
        list(records(longer, KEY))


def test_a_piece_of_another_backup_does_not_fit(tmp_path: Path) -> None:
    one, other = (written(tmp_path / name, b"same") for name in ("one", "other"))
    head, _, _ = one.read_bytes().partition(b"\n")
    _, _, tail = other.read_bytes().partition(b"\n")
    mixed = tmp_path / "mixed"
    mixed.write_bytes(head + b"\n" + tail)

    with pytest.raises(ArchiveError):
        list(records(mixed, KEY))


def test_another_key_is_named_as_the_likely_cause(long_file: Path) -> None:
    with pytest.raises(ArchiveError, match="key does not fit"):
        list(records(long_file, OTHER_KEY))


def test_another_file_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "data.wlcb").write_text("{}\n")

    with pytest.raises(ArchiveError, match="no file of a backup"):
        list(records(tmp_path / "data.wlcb", KEY))


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path, backups = tmp_path / "keys" / "backup.key", tmp_path / "backups"

    first, second = (key_for_backup(path, apart_from=(backups,)) for _ in range(2))

    assert first == second == key_in(path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_key_beside_what_it_opens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="protects nothing"):
        key_for_backup(tmp_path / "backups" / "key", apart_from=(tmp_path / "backups",))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key_for_backup(path, apart_from=())
    path.chmod(0o644)

    with pytest.raises(CommandError, match="chmod 600"):
        key_in(path)


@pytest.mark.parametrize("text", ["", "short", "Zm9v", "not base64 at all!"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(CommandError, match="holds no key"):
        key_in(path)
