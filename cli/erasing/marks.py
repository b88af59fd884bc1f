"""What somebody would be recognised by if it lay anywhere, in every form that a file may have."""

import base64
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cli.erasing.needles import Needles

SHORTEST = 4
"""Shorter words, such as a first name of three letters, are found everywhere."""
GROUP = 3
STURDY = 7
"""Bytes of which base64 keeps enough to be searched for, wherever they begin."""
OF_SEALED = re.compile(rb"[a-z0-9+/]{64,}")
"""So many signs of base64 in a row are no text that anybody wrote."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Words of one or more people, only ever in memory; nothing that is shown has one in it.

    `folded` are looked for in small letters, `exact` as they are; `short` as `folded`, but not in
    what is sealed: among so many signs a word of four letters comes about by chance.
    """

    folded: Needles = field(repr=False)
    exact: Needles = field(repr=False)
    short: Needles = field(repr=False)

    def are_in(self, content: bytes) -> bool:
        """Tell whether any of them stands in these bytes."""
        lowered = content.lower()
        return (
            self.folded.are_in(lowered)
            or self.exact.are_in(content)
            or (self.short.are_in(lowered) and self.short.are_in(OF_SEALED.sub(b" ", lowered)))
        )

    @property
    def longest(self) -> int:
        """How many bytes the longest of them has."""
        return max(self.folded.longest, self.exact.longest, self.short.longest)

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.folded.pieces or self.short.pieces)


def names_of(card: dict[str, Any]) -> list[str]:
    """Return the parts of a name that are long enough to be searched for alone."""
    return [part for part in str(card["display_name"]).split() if len(part) >= SHORTEST]


def words_of(card: dict[str, Any]) -> Iterator[str]:
    """Yield what a contact card says of who somebody is, part by part."""
    yield str(card["display_name"])
    yield from names_of(card)
    for contact in card["contacts"]:
        yield from _words_of_contact(str(contact["channel"]), str(contact["value"]))
    if postcode := str(card.get("postcode") or "").replace(" ", ""):
        yield postcode
        yield f"{postcode[:-GROUP]} {postcode[-GROUP:]}"


def _words_of_contact(channel: str, value: str) -> Iterator[str]:
    yield value
    if channel in {"sms", "phone"}:
        number = re.sub(r"^\+44", "", value)
        yield number
        yield f"{number[:4]} {number[4:]}"
        yield f"{number[:4]} {number[4:7]} {number[7:]}"
    elif channel == "letter":
        yield from (
            line for line in map(str.strip, value.splitlines()) if len(line) >= 2 * SHORTEST
        )


def marks_of(words: Iterable[str]) -> Marks:
    """Return the marks; what is too short to be anybody's is left out, and what has one in it."""
    long = {word.strip() for word in words if len(word.strip()) >= SHORTEST}
    folded_words = {word.casefold() for word in long}
    kept = {word for word in long if not _has_another(word.casefold(), folded_words)}
    sturdy = [word for word in long if len(word.encode()) >= STURDY]
    folded = {form.lower() for word in kept for form in _forms(word)}
    short = {form for form in folded if len(form) < STURDY}
    whole = {word for word in long if not _has_another(word, sturdy)}
    exact = {form for word in whole for form in _in_base64(word)}
    return Marks(Needles(folded - short), Needles(exact), Needles(short))


def _has_another(word: str, others: Iterable[str]) -> bool:
    return any(other in word and other != word for other in others)


def _forms(word: str) -> Iterator[bytes]:
    for text in {word, word.lower(), word.upper()}:
        plain = text.encode()
        yield plain
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield plain.hex().encode()
        yield quote(text).encode()
        yield quopri.encodestring(plain).rstrip(b"=\n")
        yield text.encode("ascii", "backslashreplace")


def _in_base64(word: str) -> Iterator[bytes]:
    """Yield what base64 makes of it wherever it begins, without what its neighbours change."""
    for text in {word, word.lower(), word.upper()}:
        plain = text.encode()
        for before in range(GROUP):
            whole = base64.b64encode(bytes(before) + plain)
            inside = whole[-(-before * 8 // 6) : (len(plain) + before) * 8 // 6]
            if len(inside) >= 2 * SHORTEST:
                yield inside
                yield inside.translate(bytes.maketrans(b"+/", b"-_"))


def overlapping(chunks: Iterable[bytes], longest: int) -> Iterator[bytes]:
    """Join the end of each chunk to the next, so that nothing is missed where they are cut."""
    last = b""
    for chunk in chunks:
        joined = last + chunk
        yield joined
        last = joined[-longest:] if longest else b""
