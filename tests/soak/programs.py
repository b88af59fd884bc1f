"""Running programs of the machine."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping

SECONDS = 60.0


async def said(
    *words: str, typed: str = "", environment: Mapping[str, str] | None = None
) -> str | None:
    """Run a program and return what it printed; None when it failed or took a minute."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment
        )
    except OSError:
        return None
    try:
        out, _ = await asyncio.wait_for(process.communicate(typed.encode()), SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return out.decode(errors="replace") if process.returncode == 0 else None
