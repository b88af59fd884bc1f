"""The installation under test, by the operator's command, and what an operator may read of it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

SECONDS = 180


class Installation:
    """A whole system of its own in a folder; it restarts by itself what dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses: dict[str, Any] = {}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WLC_")}
        if mongod := os.environ.get("WLC_MONGOD"):
            kept["WLC_MONGOD"] = mongod
        self._environment = {**kept, "WLC_DATA": str(folder)}

    async def up(self) -> None:
        """Start everything."""
        self.addresses = json.loads(await self.wlc("up", "--detach", "--json"))

    async def down(self) -> None:
        """Stop everything."""
        await self.wlc("down")

    def pids(self) -> dict[str, int]:
        """Return the process of each part as it is now."""
        run = json.loads((self.folder / "run.json").read_text())
        return {name: int(child["pid"]) for name, child in run["children"].items()}

    async def status(self) -> dict[str, dict[str, Any]]:
        """Return what `wlc status --json` says, also while not everything is ready."""
        found: dict[str, dict[str, Any]] = json.loads(
            await self.wlc("status", "--json", codes=(0, 3))
        )
        return found

    async def dead_letters(self) -> list[dict[str, Any]]:
        """Return what could not be handled."""
        found: list[dict[str, Any]] = json.loads(await self.wlc("dead-letters", "list", "--json"))
        return found

    async def wlc(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run the command and return what it printed."""
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("wlc"),
            *words,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(SECONDS):
            out, said = await process.communicate()
        assert process.returncode in codes, said.decode()
        return out.decode()
