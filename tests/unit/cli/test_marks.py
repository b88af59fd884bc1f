"""What somebody is recognised by is found in whatever form it lies in a file, and never shown."""

import base64
import gzip
import quopri
import zlib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from cli.erasing.files import CHUNK_BYTES, search_folder
from cli.erasing.marks import marks_of, words_of

CARD = {
    "display_name": "Zoë Marklington",
    "address_as": "Ms Marklington",
    "contacts": [
        {"channel": "email", "value": "z.marklington@example.org"},
        {"channel": "sms", "value": "+447700900123"},
        {"channel": "letter", "value": "Zoë Marklington\n77 Zaxquil Street\nW12 7RZ"},
    ],
    "postcode": "W127RZ",
}
NAME = "Zoë Marklington"
MARKS = marks_of(words_of(CARD))


def mail(text: str) -> bytes:
    found = EmailMessage()
    found["To"] = "somebody@example.org"
    found.set_content(f"{'x' * 50}\n{text}\n", cte="base64")
    return found.as_bytes()


@pytest.mark.parametrize(
    "content",
    [
        NAME.encode(),
        f"dear {NAME.upper()}!".encode(),
        b"zoe marklington",
        NAME.encode("utf-16-le"),
        *(base64.b64encode(b"x" * before + NAME.encode() + b"yz") for before in range(3)),
        base64.urlsafe_b64encode(f">>>?{NAME}>>>?".encode()),
        quopri.encodestring(NAME.encode()),
        quote(f"/{NAME}/").encode(),
        NAME.encode().hex().encode(),
        b'"Zo\\u00eb M" 07700 900123',
        b"07700900123",
        b"tel: 07700 900 123",
        b"w12 7rz",
        b"77 ZAXQUIL STREET",
    ],
)
def test_a_mark_is_found_in_every_form(content: bytes) -> None:
    assert MARKS.are_in(b"\x00\x01" + content + b"\x02")


@pytest.mark.parametrize("text", ["Amina Patel", "amina.patel@example.org", "AMINA PATEL"])
@pytest.mark.parametrize("before", range(3))
def test_what_has_a_short_word_in_it_is_found_in_base64(text: str, before: int) -> None:
    """Of a word of five letters alone base64 keeps too little to be searched for."""
    email = {"channel": "email", "value": "amina.patel@example.org"}
    marks = marks_of(words_of({"display_name": "Amina Patel", "contacts": [email]}))

    assert marks.are_in(base64.b64encode(b"x" * before + text.encode() + b"yz"))


@pytest.mark.parametrize("content", [b"", b"Ann Lee, 07700 900124, W12 7RY", b"\x00" * 100])
def test_what_is_of_others_is_not_found(content: bytes) -> None:
    assert not MARKS.are_in(content)


def test_a_short_name_is_found_in_a_text_and_not_by_chance_in_what_is_sealed() -> None:
    marks = marks_of(["Lucy"])
    sealed = base64.b64encode(b"\x9f" * 60)
    by_chance = sealed[:40] + b"lUcy" + sealed[40:]

    assert not marks.are_in(b'{"sealed": "' + by_chance + b'"}')
    assert marks.are_in(b'{"sealed": "' + by_chance + b'", "note": "Lucy called"}')
    assert marks.are_in(b"lucy.barlow@example.org")
    assert marks.are_in("Lucy".encode("utf-16-le"))


def test_marks_that_are_shown_by_accident_say_nothing() -> None:
    assert "Marklington" not in repr(MARKS)
    assert "77" not in str(MARKS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.log", b"x" * (CHUNK_BYTES - 20) + NAME.encode()),
        ("old.log.gz", gzip.compress(NAME.encode(), mtime=0)),
        ("one.eml", mail(NAME)),
        ("one.pdf", b"%PDF-1.7 stream\n" + zlib.compress(NAME.encode()) + b"endstream"),
        ("Marklington.txt", b""),
    ],
)
def test_every_byte_of_a_folder_is_searched_and_only_harmless_names_are_told(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_bytes(content)
    (tmp_path / "other.log").write_bytes(b"nothing of them")

    found = search_folder("folder", tmp_path, MARKS)

    assert found.looked_at == 2
    [told] = found.found
    assert told in {f"deep/{name}", "(a file whose name says it)"}
    assert "Marklington" not in told
