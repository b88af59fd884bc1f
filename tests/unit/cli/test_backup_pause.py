"""A backup is kept only where nobody read a queue while it was made, not even for a moment."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cli.backups import pausing
from cli.backups.pausing import paused
from cli.errors import CommandError

CHANGED = SimpleNamespace(matched_count=1, upserted_id=None)


class Client:
    """A MongoDB that takes each change."""

    def __getitem__(self, _name: str) -> Any:
        return self

    async def update_one(self, *_args: Any, **_options: Any) -> Any:
        return CHANGED


class Channel:
    """Queues that nobody reads but for a moment, when that is wanted."""

    def __init__(self) -> None:
        self.readers = 0

    async def declare_queue(self, _name: str, *, passive: bool) -> Any:
        assert passive
        await asyncio.sleep(0)
        return SimpleNamespace(declaration_result=SimpleNamespace(consumer_count=self.readers))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "SEEN_SECONDS", 0.0)
    monkeypatch.setattr(pausing, "LOOK_SECONDS", 0.002)


async def backed_up(readers: int) -> None:
    channel = Channel()
    async with paused(cast("Any", Client()), cast("Any", channel)) as pause:
        channel.readers = readers
        await asyncio.sleep(0.1)
        channel.readers = 0
        await pause.check(cast("Any", channel))


async def test_who_read_for_a_moment_and_stopped_is_noticed() -> None:
    with pytest.raises(CommandError, match="run it again"):
        await backed_up(1)


async def test_a_pause_in_which_nobody_read_holds() -> None:
    await backed_up(0)
