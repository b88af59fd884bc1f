"""Telling what happens, with the seconds since the start; and waiting for something to be so."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.markup import escape

from deploy.demo.errors import DemoError

POLL_SECONDS = 0.25
T = TypeVar("T")


class Teller:
    """Prints sentences; remembers how long each phase took."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.phases: dict[str, float] = {}
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """The time since the start."""
        return time.monotonic() - self._began

    def say(self, sentence: str) -> None:
        """Print a sentence with its time."""
        self.console.print(escape(f"{self.seconds:6.1f} s  {sentence}"))

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase."""
        began = time.monotonic()
        self.console.print(escape(f"\n{name}"), style="bold")
        yield
        self.phases[name] = round(time.monotonic() - began, 1)


async def until(look: Callable[[], Awaitable[T | None]], what: str, *, within_seconds: float) -> T:
    """Look again and again until something is there. Raises DemoError that names it."""
    deadline = time.monotonic() + within_seconds
    while True:
        found = await look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise DemoError(f"waited {within_seconds:g} s in vain: {what}")
        await asyncio.sleep(POLL_SECONDS)
