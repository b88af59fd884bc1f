"""What many ask for at the same moment is loaded once."""

import asyncio
from collections.abc import Mapping

import pytest

from shared.errors import UnavailableError
from shared.loader import Loader


class Shelf:
    """Remembers what it was asked for; breaks when told so."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.is_broken = False

    async def load(self, keys: list[str]) -> Mapping[str, str]:
        self.asked.append(keys)
        await asyncio.sleep(0)
        if self.is_broken:
            raise UnavailableError("the shelf is broken")
        return {key: key.upper() for key in keys if key != "nothing"}


async def test_what_is_asked_for_in_one_turn_is_loaded_at_once() -> None:
    shelf = Shelf()
    loader = Loader(shelf.load)

    found = await asyncio.gather(
        loader.get("a"), loader.get("nothing"), loader.get_all(["b", "a", "nothing"])
    )

    assert [*found] == ["A", None, {"b": "B", "a": "A"}]
    assert shelf.asked == [["a", "nothing", "b"]]


async def test_what_is_asked_for_later_is_read_again() -> None:
    shelf = Shelf()
    loader = Loader(shelf.load)
    early = asyncio.create_task(loader.get("a"))
    while not shelf.asked:
        await asyncio.sleep(0)

    await asyncio.gather(early, loader.get("a"))

    assert shelf.asked == [["a"], ["a"]]


async def test_a_failure_reaches_all_who_asked_and_nobody_after() -> None:
    shelf = Shelf()
    loader = Loader(shelf.load)
    shelf.is_broken = True

    found = await asyncio.gather(loader.get("a"), loader.get("b"), return_exceptions=True)
    shelf.is_broken = False

    assert [type(each) for each in found] == [UnavailableError, UnavailableError]
    assert await loader.get("a") == "A"


async def test_who_gives_up_waiting_takes_the_answer_from_nobody() -> None:
    loader = Loader(Shelf().load)
    impatient = asyncio.create_task(loader.get("a"))
    patient = asyncio.create_task(loader.get("a"))
    await asyncio.sleep(0)

    impatient.cancel()

    assert await patient == "A"
    with pytest.raises(asyncio.CancelledError):
        await impatient
