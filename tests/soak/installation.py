"""The installation under test, by the operator's command, and what an operator may read of it."""

import json
from pathlib import Path
from typing import Any

from deploy.demo.command import Wlc
from deploy.local.state import read_run


class Installation:
    """A whole system of its own in a folder; it restarts by itself what dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wlc = Wlc(folder)
        self.addresses: dict[str, Any] = {}

    async def up(self) -> None:
        """Start everything."""
        self.addresses = await self._said("up", "--detach", "--json")

    async def down(self) -> None:
        """Stop everything."""
        await self._wlc.down()

    def pids(self) -> dict[str, int]:
        """Return the process of each part as it is now."""
        run = read_run(self._folder)
        return run.pids if run else {}

    async def status(self) -> dict[str, dict[str, Any]]:
        """Return what `wlc status --json` says, also while not everything is ready."""
        found: dict[str, dict[str, Any]] = await self._said("status", "--json", allowed=(0, 3))
        return found

    async def dead_letters(self) -> list[dict[str, Any]]:
        """Return what could not be handled."""
        found: list[dict[str, Any]] = await self._said("dead-letters", "list", "--json")
        return found

    async def _said(self, *words: str, allowed: tuple[int, ...] = (0,)) -> Any:
        lines: list[bytes] = []
        await self._wlc.run(*words, on_line=lines.append, allowed=allowed)
        return json.loads(b"".join(lines))
