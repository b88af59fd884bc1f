"""What lies in the clear on a disk of ours goes by the message, wherever staff moved it."""

from pathlib import Path

import pytest

from deploy.embedded.catcher import MailFolder as Caught
from services.notification.clients.mail_folder import MailFolder
from services.notification.clients.print_folder import PrintFolder
from services.notification.ports import Keepsakes
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
