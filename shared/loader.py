"""Reading together what many handlers ask for at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from shared.errors import UnavailableError

V = TypeVar("V")


class Loader(Generic[V]):
    """All that is asked for in one turn of the event loop is loaded at once.

    What is answered was read after it was asked for. Whoever asks gets what `load` raises.
    """

    def __init__(self, load: Callable[[list[str]], Awaitable[Mapping[str, V]]]) -> None:
        self._load = load
        self._wanted: dict[str, None] = {}
        self._askers: list[asyncio.Future[Mapping[str, V]]] = []
        self._loading: set[asyncio.Task[None]] = set()

    async def get(self, key: str) -> V | None:
        """Return what is there under the key."""
        return (await self._answer((key,))).get(key)

    async def get_all(self, keys: Iterable[str]) -> dict[str, V]:
        """Return what is there under some keys; a key without anything is left out."""
        asked = dict.fromkeys(keys)
        found = await self._answer(asked)
        return {key: found[key] for key in asked if key in found}

    def _answer(self, keys: Iterable[str]) -> "asyncio.Future[Mapping[str, V]]":
        """Return a future of the asker's own: who gives up takes the answer from nobody."""
        self._wanted.update(dict.fromkeys(keys))
        if not self._askers:
            task = asyncio.create_task(self._load_wanted())
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)
        answer = asyncio.get_running_loop().create_future()
        self._askers.append(answer)
        return answer

    async def _load_wanted(self) -> None:
        await asyncio.sleep(0)
        wanted, self._wanted = self._wanted, {}
        askers, self._askers = self._askers, []
        try:
            found = await self._load(list(wanted))
        except asyncio.CancelledError:
            for asker in _patient(askers):
                asker.set_exception(UnavailableError("reading was broken off"))
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked gets it
            for asker in _patient(askers):
                asker.set_exception(error)
        else:
            for asker in _patient(askers):
                asker.set_result(found)


def _patient(
    askers: "Iterable[asyncio.Future[Mapping[str, V]]]",
) -> "Iterator[asyncio.Future[Mapping[str, V]]]":
    return (asker for asker in askers if not asker.done())
