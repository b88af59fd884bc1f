"""What is said of a backup or a restore that cannot be meant, before anything is touched."""

import base64
import os
from pathlib import Path

import pytest

from cli.backups.erased import LIST
from cli.backups.letters import DATA
from deploy.accounts import Secrets
from tests.builders.commands import wlc


@pytest.fixture
def backups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of backups, with one that nobody can read and the list beside it."""
    monkeypatch.setenv("WLC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WLC_BACKUP_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("WLC_MONGO_URL", "mongodb://backup:of-nobody-at-all@127.0.0.1:9/")
    key = tmp_path / "key"
    key.write_text(base64.b64encode(os.urandom(32)).decode())
    key.chmod(0o600)
    (tmp_path / "data").mkdir()
    Secrets().keep(tmp_path / "data" / "secrets.json")
    backup = tmp_path / "backups" / "2026-11-27T140702Z"
    backup.mkdir(parents=True)
    (backup / DATA).touch()
    (backup.parent / LIST).touch()
    return backup.parent


@pytest.mark.parametrize("more", [(), ("--check",)])
def test_nothing_is_restored_without_a_list_of_who_was_forgotten(
    backups: Path, more: tuple[str, ...]
) -> None:
    (backups / LIST).unlink()
    data = str(backups.parent / "new")

    ended = wlc("restore", str(backups), "--data", data, *more)

    assert ended.exit_code == 1
    assert "whoever was forgotten since would come back" in " ".join(ended.stderr.split())


def test_a_list_that_cannot_be_read_is_found_by_a_check(backups: Path) -> None:
    (backups / LIST).write_text('{"broken')

    ended = wlc("restore", str(backups), "--check")

    assert (ended.exit_code, "is no list of who was forgotten" in ended.stderr) == (1, True)


def test_a_wrong_key_and_a_wrong_folder_are_said_at_once(backups: Path) -> None:
    ended = wlc("restore", str(backups / "no"), "--key-file", str(backups / "key"), "--check")

    assert ended.exit_code == 2
    assert "there is no backup in" in ended.stderr
    assert "name the key file" in ended.stderr


def test_a_backup_is_made_in_no_file_and_in_no_folder_that_is_lost_with_its_data(
    backups: Path,
) -> None:
    data, file = backups.parent / "data", backups.parent / "key"

    within, onto = (wlc("backup", str(each)) for each in (data / "backups", file))

    assert (within.exit_code, "lost with what it lies in" in within.stderr) == (2, True)
    assert (onto.exit_code, "is no folder" in onto.stderr) == (2, True)
    assert not (data / "backups").exists()


def test_a_key_that_cannot_be_made_is_said(backups: Path) -> None:
    ended = wlc("backup", str(backups), "--key-file", str(backups.parent / "key" / "key"))

    assert (ended.exit_code, "cannot be made" in ended.stderr) == (2, True)
