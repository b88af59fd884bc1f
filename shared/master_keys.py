"""The keys that wrap every other key: who may wrap and unwrap, and several at a time.

While a master is replaced, keys lie in the keyring under the one of before and the current one, and
every service must know both.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from shared.errors import UnavailableError

UNNAMED = ""
"""What keys are stored as wrapped by that were wrapped before masters had names."""
NAME_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key that opens only with the master of that name."""

    master: str
    wrapped: bytes


class MasterKeys(Protocol):
    """Wrap and unwrap, many at once, in their order. All raise UnavailableError.

    What is unwrapped is kept nowhere: else a key that was forgotten would go on opening things.
    """

    async def current(self) -> str:
        """Return the name of the master that wraps from now on."""
        ...

    def knows(self, master: str) -> bool:
        """Whether a master of that name may be asked to unwrap."""
        ...

    async def wrap(self, keys: Sequence[bytes]) -> list[Wrapped]: ...

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[bytes]: ...


class SecretMasterKeys:
    """Masters of 32 bytes each, from a file or the environment; the first one wraps (AES-KW)."""

    def __init__(self, first: bytes, *others: bytes) -> None:
        self._keys = {name_of(key): key for key in (first, *others)}
        self._current = name_of(first)

    async def current(self) -> str:
        return self._current

    def knows(self, master: str) -> bool:
        return master == UNNAMED or master in self._keys

    async def wrap(self, keys: Sequence[bytes]) -> list[Wrapped]:
        master = self._keys[self._current]
        return [Wrapped(self._current, aes_key_wrap(master, key)) for key in keys]

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[bytes]:
        return [self._unwrapped(each) for each in wrapped]

    def _unwrapped(self, wrapped: Wrapped) -> bytes:
        named = self._keys.get(wrapped.master)
        for master in [named] if named else self._keys.values():
            try:
                return aes_key_unwrap(master, wrapped.wrapped)
            except InvalidUnwrap:
                continue
        raise UnavailableError("no master key that is set opens a key of the keyring")


class SeveralMasterKeys:
    """Masters of several kinds; the first kind wraps, each unwraps what it knows."""

    def __init__(self, first: MasterKeys, *others: MasterKeys) -> None:
        self._first = first
        self._all = (first, *others)

    async def current(self) -> str:
        return await self._first.current()

    def knows(self, master: str) -> bool:
        return any(each.knows(master) for each in self._all)

    async def wrap(self, keys: Sequence[bytes]) -> list[Wrapped]:
        return await self._first.wrap(keys)

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[bytes]:
        opened: dict[Wrapped, bytes] = {}
        for masters in self._all:
            asked = [one for one in wrapped if one not in opened and masters.knows(one.master)]
            if asked:
                opened |= dict(zip(asked, await masters.unwrap(asked), strict=True))
        if any(one not in opened for one in wrapped):
            raise UnavailableError("no master key that is set opens a key of the keyring")
        return [opened[one] for one in wrapped]


def name_of(key: bytes) -> str:
    """Return by what a master is told from others: it tells nothing of the key."""
    keyed = hmac.new(key, b"the name of a master key", hashlib.sha256)
    return keyed.hexdigest()[:NAME_CHARACTERS]
