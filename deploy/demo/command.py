"""The operator's command `wlc`, run as users run it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from deploy.demo.errors import DemoError
from deploy.demo.seen import Addresses, Health, Match

WLC = Path(sys.executable).with_name("wlc")
REFUSED = 1
LONGEST_LINE_BYTES = 64 << 20
STOP_SECONDS = 90.0
_JSON = TypeAdapter[Any](Any)
_STATUS = TypeAdapter(dict[str, Health])
_MATCHES = TypeAdapter(tuple[Match, ...])

OnLine = Callable[[bytes], None]


class Wlc:
    """The command on one folder.

    What the environment says of other installations is left out; what is `named` counts.
    """

    def __init__(self, folder: Path, named: Mapping[str, str] | None = None) -> None:
        kept = {name: v for name, v in os.environ.items() if not name.startswith("WLC_")}
        if mongod := os.environ.get("WLC_MONGOD"):
            kept["WLC_MONGOD"] = mongod
        self._environment = {**kept, **(named or {}), "WLC_DATA": str(folder), "NO_COLOR": "1"}

    async def up(self, on_progress: OnLine) -> Addresses:
        """Start everything; what it says on the way goes to `on_progress`."""
        lines: list[bytes] = []
        await self.run("up", "--detach", "--json", on_line=lines.append, on_error=on_progress)
        return Addresses.model_validate_json(b"".join(lines))

    async def down(self) -> None:
        """Stop everything; no harm when nothing runs."""
        await self.run("down")

    async def status(self) -> dict[str, Health]:
        """Say how each service is; also while one of them is not ready."""
        return _STATUS.validate_json(await self._output("status", "--json", allowed=(0, 3)))

    async def matches(self) -> tuple[Match, ...]:
        """Return all matches, by engagement."""
        found = _MATCHES.validate_json(await self._output("matches", "--json"))
        return tuple(sorted(found, key=lambda match: match.engagement_reference))

    async def count_dead_letters(self) -> int:
        """Return how many messages could not be handled."""
        return len(_JSON.validate_json(await self._output("dead-letters", "list", "--json")))

    async def _output(self, *words: str, allowed: tuple[int, ...] = (0,)) -> bytes:
        lines: list[bytes] = []
        await self.run(*words, on_line=lines.append, allowed=allowed)
        return b"".join(lines)

    async def run(
        self,
        *words: str,
        on_line: OnLine = lambda _line: None,
        on_error: OnLine | None = None,
        allowed: tuple[int, ...] = (0,),
    ) -> int:
        """Run it to its end and return its exit code; raises DemoError for one not allowed."""
        process = await asyncio.create_subprocess_exec(
            WLC,
            *words,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            env=self._environment,
            limit=LONGEST_LINE_BYTES,
            start_new_session=True,
        )
        said: list[bytes] = []
        try:
            reads = (_read(process.stdout, on_line), _read(process.stderr, on_error or said.append))
            await asyncio.gather(*reads)
            code = await process.wait()
        except BaseException:
            await _interrupt(process)
            raise
        if code not in allowed:
            reason = b"".join(said).decode(errors="replace").strip()
            raise DemoError(f"`wlc {' '.join(words[:2])}` ended with {code}: {reason}")
        return code


async def _read(stream: asyncio.StreamReader | None, on_line: OnLine) -> None:
    if stream is None:
        raise AssertionError("it was asked for")
    async for line in stream:
        on_line(line)


async def _interrupt(process: Process) -> None:
    """End it as Ctrl-C would, so that it takes with it what it started."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
