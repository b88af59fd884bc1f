"""A service that starts while a pause is asked for does not read before it ends."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared import pause
from shared.runtime import Runtime


@dataclass
class Rows:
    """The row of the pause, as long as there is one."""

    looks_left: int = 0

    async def find_one(self, _query: Any, _fields: Any) -> dict[str, int] | None:
        self.looks_left -= 1
        return {"left": 1000} if self.looks_left >= 0 else None


@dataclass
class Reader:
    """Notes whether there was a pause when it began to read."""

    rows: Rows
    began_in_pause: list[bool] = field(default_factory=list)

    async def start(self) -> None:
        self.began_in_pause.append(self.rows.looks_left > 0)

    async def stop(self) -> None: ...

    async def keep_reading(self) -> None: ...


async def nothing(*_args: Any) -> None: ...


async def test_a_pause_that_begins_while_a_service_connects_keeps_it_from_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pause, "LOOK_SECONDS", 0.01)
    rows = Rows()
    reader = Reader(rows)

    async def connect() -> None:
        rows.looks_left = 5

    runtime = object.__new__(Runtime)
    runtime.database = cast("Any", {pause.PAUSES: rows})
    runtime.bus = cast("Any", SimpleNamespace(start=connect))
    runtime._outbox = cast("Any", SimpleNamespace(hold=nothing, release=lambda: None))
    runtime._background = []
    monkeypatch.setattr(runtime, "_prepare", nothing)
    monkeypatch.setattr(runtime, "_sweep", nothing)
    handlers = SimpleNamespace(of_due={})
    health = SimpleNamespace(watch=nothing, workers=[], loops=[], waiting_for=None)

    await runtime._start(cast("Any", handlers), {}, cast("Any", reader), cast("Any", health))

    for loop in health.loops:
        loop.cancel()
    await asyncio.gather(*health.loops, return_exceptions=True)
    assert reader.began_in_pause == [False]
