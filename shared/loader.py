"""Reading together what many handlers ask for at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class Loader(Generic[V]):
    """All that is asked for in one turn of the event loop is loaded at once.

    What is answered was read after it was asked for. Whoever asks gets what `load` raises.
    """

    def __init__(self, load: Callable[[list[str]], Awaitable[Mapping[str, V]]]) -> None:
        self._load = load
        self._wanted: dict[str, None] = {}
        self._loading: asyncio.Task[Mapping[str, V]] | None = None

    async def get(self, key: str) -> V | None:
        """Return what is there under the key."""
        return (await self.get_all([key])).get(key)

    async def get_all(self, keys: Iterable[str]) -> dict[str, V]:
        """Return what is there under some keys; a key without anything is left out."""
        asked = dict.fromkeys(keys)
        self._wanted |= asked
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_wanted())
        # Shielded, since others wait for the same answer; a failure reaches all who still do.
        found = await asyncio.shield(self._loading)
        return {key: found[key] for key in asked if key in found}

    async def _load_wanted(self) -> Mapping[str, V]:
        await asyncio.sleep(0)
        wanted, self._wanted, self._loading = self._wanted, {}, None
        return await self._load(list(wanted))
