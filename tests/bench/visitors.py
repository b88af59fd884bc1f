"""Visitors in a process of their own: they come at set times, whatever became of those before.

A wait is counted from when a visitor was due, so that a server which falls behind is not spared.
"""

import argparse
import asyncio
import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter

import uvloop

LONGEST_SECONDS = 10.0
OK = b"200"
HEADERS = (
    "accept: text/html",
    "accept-encoding: gzip, deflate, br, zstd",
    "sec-fetch-site: same-origin",
    "sec-fetch-mode: navigate",
    "user-agent: bench",
)
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Found:
    """How long each visit took in seconds, also one in vain; a page's bytes as sent and as read."""

    seconds: list[float] = field(default_factory=list)
    sent: int = 0
    read: int = 0
    errors: Counter[str] = field(default_factory=Counter)


class Visitors:
    """Opens a connection when none is free, as so many browsers would, and keeps it."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        self._port = port
        lines = (f"GET {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"cookie: {cookie}", *HEADERS)
        self._request = "\r\n".join([*lines, "", ""]).encode()
        self._free: list[Connection] = []
        self.found = Found()

    async def come(self, per_second: float, seconds: float) -> None:
        """Come at random times, so many a second."""
        die = random.Random(1)  # noqa: S311 - a repeatable die, no secret
        begun = due = perf_counter()
        visits = []
        while due < begun + seconds:
            await asyncio.sleep(due - perf_counter())
            visits.append(asyncio.create_task(self._visit(due)))
            due += die.expovariate(per_second)
        await asyncio.gather(*visits)

    async def _visit(self, due: float) -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._get()
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.found.errors[type(error).__name__] += 1
        self.found.seconds.append(perf_counter() - due)

    async def _get(self) -> None:
        reader, writer = await self._connection()
        writer.write(self._request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        self._free.append((reader, writer))
        status = head.split(b" ", 2)[1]
        if status != OK:
            raise ValueError(status.decode())
        if not self.found.sent:
            is_compressed = b"content-encoding: gzip" in head
            self.found.sent = length
            self.found.read = len(gzip.decompress(body)) if is_compressed else length

    async def _connection(self) -> Connection:
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
        return await asyncio.open_connection("127.0.0.1", self._port)


def main() -> None:
    """Visit, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--cookie", default="none=none")
    parser.add_argument("--per-second", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    asked = parser.parse_args()
    visitors = Visitors(asked.port, asked.path, asked.cookie)
    uvloop.run(visitors.come(asked.per_second, asked.seconds))
    found = visitors.found
    print(json.dumps({name: getattr(found, name) for name in Found.__dataclass_fields__}))


if __name__ == "__main__":
    main()
