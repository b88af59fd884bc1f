"""What lies in the clear on a disk of ours goes by the message, wherever staff moved it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.embedded.catcher import MailFolder as Caught
from services.notification.clients.mail_folder import MailFolder
from services.notification.clients.print_folder import PrintFolder
from services.notification.ports import Keepsakes
from services.notification.retention import beside
from shared.errors import UnavailableError

HERS, OTHERS = "11111111-aaaa", "22222222-bbbb"


def mails(folder: Path) -> Keepsakes:
    caught = Caught(folder)
    for each in (HERS, OTHERS):
        caught.keep(f"Message-ID: <{each}@example.org>\r\nTo: a@b\r\n\r\nDear Ann".encode())
    return MailFolder(folder)


def letters(folder: Path) -> Keepsakes:
    for place in (folder, folder / "posted", folder / "returned"):
        place.mkdir(exist_ok=True)
        for name in (f"{HERS}.pdf", f"{HERS}.address.txt", f".{HERS}.pdf.part", f"{OTHERS}.pdf"):
            (place / name).write_text("Ann")
    return PrintFolder(folder)


@pytest.mark.parametrize("fill", [mails, letters])
async def test_only_what_was_written_of_these_messages_is_forgotten(
    fill: object, tmp_path: Path
) -> None:
    keepsakes: Keepsakes = fill(tmp_path)  # type: ignore[operator]

    gone, again = await keepsakes.forget({HERS}), await keepsakes.forget({HERS})

    left = [each.name for each in tmp_path.rglob("*") if each.is_file()]
    assert gone == (1 if fill is mails else 9)
    assert again == 0
    assert left
    assert all(each.startswith(OTHERS) for each in left)


@pytest.mark.parametrize("kind", [MailFolder, PrintFolder])
async def test_a_folder_that_is_not_there_is_said_so_that_nothing_is_confirmed(
    kind: type[MailFolder], tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError):
        await kind(tmp_path / "away").forget({HERS})


NONE = timedelta(seconds=-5)
"""Files of this moment are older than that."""


async def test_what_was_posted_or_came_back_goes_after_its_time_and_what_was_not_posted_stays(
    tmp_path: Path,
) -> None:
    for place, letter in (("", "waits"), ("posted", "gone"), ("returned", "back")):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / f"{letter}.pdf").write_text("Ann")
        (tmp_path / f"{letter}.address.txt").write_text("1 Street")

    young = await PrintFolder(tmp_path).drop_old()
    old = await PrintFolder(tmp_path, kept=NONE).drop_old()
    again = await PrintFolder(tmp_path, kept=NONE).drop_old()

    left = {each.name for each in tmp_path.rglob("*") if each.is_file()}
    assert (young, old, again) == (0, 4, 0)
    assert left == {"waits.pdf", "waits.address.txt"}


async def test_caught_mail_goes_after_its_time(tmp_path: Path) -> None:
    keepsakes = mails(tmp_path)

    young, old = await keepsakes.drop_old(), await MailFolder(tmp_path, kept=NONE).drop_old()

    assert (young, old) == (0, 2)
    assert list(tmp_path.iterdir()) == []


async def test_a_letter_that_was_moved_to_posted_just_now_stays_however_old_it_is(
    tmp_path: Path,
) -> None:
    (tmp_path / "posted").mkdir()
    letter = tmp_path / "letter.pdf"
    letter.write_text("Ann")
    os.utime(letter, (0, 0))
    letter.rename(tmp_path / "posted" / "letter.pdf")

    assert await PrintFolder(tmp_path).drop_old() == 0


@pytest.mark.parametrize("kind", [MailFolder, PrintFolder])
async def test_a_folder_that_is_not_there_is_tried_again(
    kind: type[MailFolder], tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError):
        await kind(tmp_path / "away").drop_old()


async def test_each_folder_is_ended_under_its_name(tmp_path: Path) -> None:
    found = beside([MailFolder(tmp_path, kept=NONE), PrintFolder(tmp_path)])
    mails(tmp_path)

    assert {name: await end() for name, end in found.items()} == {
        "mail_folder": 2,
        "print_folder": 0,
    }
