"""A restore takes away what it left half done, and never what another has put there."""

from pathlib import Path

import pytest

from cli.backups.targets import Local
from cli.errors import CommandError
from deploy.embedded import EmbeddedError
from deploy.embedded.folders import LOCK, claimed

DATA = "mongo.wt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "new"


async def restore(folder: Path) -> None:
    async with Local(folder).servers({"no/such/folder.json": "{}"}):
        pass


async def test_data_of_whoever_has_the_folder_stays(folder: Path) -> None:
    with claimed(folder):
        (folder / DATA).touch()

        with pytest.raises(EmbeddedError, match="in use"):
            await restore(folder)

    assert (folder / DATA).exists()


async def test_data_of_a_restore_that_ended_meanwhile_stay(folder: Path) -> None:
    with claimed(folder):
        (folder / DATA).touch()

    with pytest.raises(CommandError, match="not empty"):
        await restore(folder)

    assert (folder / DATA).exists()


async def test_what_is_half_done_is_taken_away(folder: Path) -> None:
    with pytest.raises(EmbeddedError):
        await restore(folder)

    assert not folder.exists()


def test_a_lock_that_was_left_is_nothing(folder: Path) -> None:
    with claimed(folder):
        pass

    Local(folder)._check_empty()

    assert (folder / LOCK).exists()
