"""Partners and sites that people stay away from, as services compare them: never in words.

Only who has the key can tell whether a digest is of a word that they know.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Protocol

PARTNER, SITE = "partner", "site"
NAME_CHARACTERS, DIGEST_CHARACTERS = 8, 40


class Told(Protocol):
    """What an event says of it; `partners` and `sites` are words, of before there were digests."""

    @property
    def digests(self) -> tuple[str, ...]: ...
    @property
    def partners(self) -> tuple[str, ...]: ...
    @property
    def sites(self) -> tuple[str, ...]: ...


class ExclusionKey:
    """Makes digests, `KEY:KIND:DIGEST`, and compares them. `name` tells keys apart, not what it is.

    HMAC-SHA-256 over the word as it is compared: without case and blanks.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.name = self._hmac("name", "")[:NAME_CHARACTERS]
        self._digest = lru_cache(maxsize=4096)(self._made)

    def digests(
        self, *, partners: Iterable[str] = (), sites: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Return the digests of these words, each once; a blank one names nothing."""
        return tuple(dict.fromkeys((*self._of(PARTNER, partners), *self._of(SITE, sites))))

    def heard(self, told: Told) -> tuple[str, ...]:
        """Return all digests of what an event says, those of its words made here."""
        made = self.digests(partners=told.partners, sites=told.sites)
        return tuple(dict.fromkeys((*told.digests, *made)))

    def keeps_away(self, avoids: Iterable[str], names: Collection[str]) -> bool:
        """Whether who avoids these stays away from what has these names, as digests of this key.

        A digest by another key can be of anything, so it keeps a person away from everything.
        """
        return any(each in names or not self.made(each) for each in avoids)

    def made(self, digest: str) -> bool:
        """Whether a digest was made by this key."""
        return digest.startswith(f"{self.name}:")

    def _of(self, kind: str, words: Iterable[str]) -> Iterator[str]:
        return (self._digest(kind, word) for word in map(plain, words) if word)

    def _made(self, kind: str, word: str) -> str:
        return f"{self.name}:{kind}:{self._hmac(kind, word)[:DIGEST_CHARACTERS]}"

    def _hmac(self, kind: str, word: str) -> str:
        return hmac.digest(self._key, f"{kind}:{word}".encode(), hashlib.sha256).hex()


def plain(word: str) -> str:
    """Return how the name of a partner or site is compared."""
    return "".join(word.casefold().split())


def of_sites(digests: Iterable[str]) -> tuple[str, ...]:
    """Return them without those of partners."""
    return tuple(each for each in digests if f":{PARTNER}:" not in each)
