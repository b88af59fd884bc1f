"""Stands between a service and a server: passes or keeps silent; counts who connects."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic


class Proxy:
    """`connected_at` has the moment of each connection.

    By its number, one in `swallowed` gets no answer, and one in `refused` is ended at once.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self.swallowed: set[int] = set()
        self.refused: set[int] = set()
        self._is_passing = asyncio.Event()
        self._is_passing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.connected_at: list[float] = []

    def url(self, url: str) -> str:
        """Return the address of the server with this port in place of its own."""
        return url.replace(f":{self._to}/", f":{self.port}/")

    async def tried(self, times: int) -> None:
        """Wait until so many more connections were tried."""
        wanted = len(self.connected_at) + times
        async with asyncio.timeout(60):
            while len(self.connected_at) < wanted:
                await asyncio.sleep(0.1)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let nothing pass; whoever connects gets no answer."""
        self._is_passing.clear()
        try:
            yield
        finally:
            self._is_passing.set()

    async def _on_connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected_at.append(monotonic())
        self._writers.add(writer)
        try:
            await self._is_passing.wait()
            if len(self.connected_at) in self.refused:
                return
            if len(self.connected_at) in self.swallowed:
                await reader.read()  # until the one who connected gives up
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            try:
                await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
            finally:
                back.transport.abort()
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while some := await reader.read(1 << 16):
            await self._is_passing.wait()
            writer.write(some)
            await writer.drain()
        raise ConnectionResetError


@asynccontextmanager
async def proxy(port: int) -> AsyncIterator[Proxy]:
    """Stand before a server on loopback."""
    one = Proxy(port)
    server = await asyncio.start_server(one._on_connect, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        one._is_passing.set()
        for writer in one._writers:
            writer.transport.abort()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 5)
