"""The print folder: private files, whole or not there at all."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from services.notification.clients.print_folder import PrintFolder
from services.notification.domain import Document, NotItsKindError, NotReachedError, Receipt
from shared.errors import UnavailableError
from tests.builders.parcels import ADDRESS, a_postal_letter, a_text

LARGE = Document("application/pdf", "pdf", b"%PDF-1.7" * 1000)


def files_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if file.is_file()}


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let the system refuse to write more, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_letter_lies_beside_its_address(tmp_path: Path) -> None:
    letter = a_postal_letter()

    await PrintFolder(tmp_path).hand_over(letter)

    assert files_in(tmp_path) == {f"{letter.key}.pdf", f"{letter.key}.address.txt"}
    assert (tmp_path / f"{letter.key}.pdf").read_bytes() == letter.document.content
    written = (tmp_path / f"{letter.key}.address.txt").read_text()
    assert written.splitlines() == list(ADDRESS)


async def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path) -> None:
    await PrintFolder(tmp_path).hand_over(a_postal_letter())

    assert [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077] == []


async def test_a_retry_replaces_what_it_wrote_before(tmp_path: Path) -> None:
    first = a_postal_letter()
    again = a_postal_letter(key=first.key, document=LARGE)
    folder = PrintFolder(tmp_path)
    await folder.hand_over(first)

    await folder.hand_over(again)

    assert files_in(tmp_path) == {f"{first.key}.pdf", f"{first.key}.address.txt"}
    assert (tmp_path / f"{first.key}.pdf").read_bytes() == LARGE.content


async def test_a_crash_half_way_leaves_nothing_that_counts(tmp_path: Path) -> None:
    letter, folder = a_postal_letter(), PrintFolder(tmp_path)
    (tmp_path / f"{letter.key}.address.txt").write_text("Asha\n")
    (tmp_path / f".{letter.key}.pdf.part").write_bytes(b"%PDF-1.7 an inv")

    before = await folder.find(letter.key)
    await folder.hand_over(letter)

    assert before is None
    assert files_in(tmp_path) == {f"{letter.key}.pdf", f"{letter.key}.address.txt"}


async def test_after_a_crash_a_letter_is_found(tmp_path: Path) -> None:
    letter = a_postal_letter()
    handed = await PrintFolder(tmp_path).hand_over(letter)

    assert await PrintFolder(tmp_path).find(letter.key) == handed


async def test_a_full_disk_keeps_nothing_of_a_letter(tmp_path: Path) -> None:
    folder = PrintFolder(tmp_path)

    with no_file_larger_than(1000), pytest.raises(NotReachedError) as fault:
        await folder.hand_over(a_postal_letter(document=LARGE))

    assert files_in(tmp_path) == set()
    assert fault.value.__cause__ is None


async def test_a_folder_that_is_missing_is_not_made_anew(tmp_path: Path) -> None:
    folder = PrintFolder(tmp_path / "not-mounted")

    with pytest.raises(NotReachedError):
        await folder.hand_over(a_postal_letter())

    assert not (tmp_path / "not-mounted").exists()


async def test_a_folder_that_is_missing_says_nothing_of_a_letter(tmp_path: Path) -> None:
    folder = PrintFolder(tmp_path / "not-mounted")

    with pytest.raises(UnavailableError):
        await folder.find("a key")
    with pytest.raises(UnavailableError):
        await folder.receipt("a key.pdf")


@pytest.mark.parametrize("place", ["posted", "returned"])
async def test_a_letter_that_staff_moved_was_handed_over(tmp_path: Path, place: str) -> None:
    letter, folder = a_postal_letter(), PrintFolder(tmp_path)
    handed = await folder.hand_over(letter)

    (tmp_path / handed.reference).rename(tmp_path / place / handed.reference)

    assert await folder.find(letter.key) == handed


async def test_a_letter_that_is_nowhere_is_under_way(tmp_path: Path) -> None:
    folder = PrintFolder(tmp_path)
    handed = await folder.hand_over(a_postal_letter())

    (tmp_path / handed.reference).unlink()

    assert await folder.receipt(handed.reference) is Receipt.UNDER_WAY


async def test_a_text_message_is_left_for_somebody_else(tmp_path: Path) -> None:
    with pytest.raises(NotItsKindError):
        await PrintFolder(tmp_path).hand_over(a_text())

    assert files_in(tmp_path) == set()


async def test_a_line_of_an_address_is_one_line(tmp_path: Path) -> None:
    letter = replace(a_postal_letter(), address=("Asha\r\nRao\u202e", "1 High Street"))

    await PrintFolder(tmp_path).hand_over(letter)

    written = (tmp_path / f"{letter.key}.address.txt").read_text()
    assert written == "Asha Rao\n1 High Street\n"
