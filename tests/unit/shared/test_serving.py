"""A request's head is bounded, its body is not, whatever a connection carried before."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from shared.serving import LONGEST_HEAD, BoundedHttp, EndingServer

SECONDS = 10
BEGIN = b"POST / HTTP/1.1\r\nHost: here\r\n"
PIECE = b"x" * 1_000
PIECES = LONGEST_HEAD // len(PIECE)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def length_of_body(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture
async def streams() -> AsyncIterator[Streams]:
    config = uvicorn.Config(
        length_of_body, http=BoundedHttp, port=0, lifespan="off", log_config=None
    )
    listening = config.bind_socket()
    listening.listen()
    server = EndingServer(config, lambda: None)
    serving = asyncio.create_task(server.serve([listening]))
    streams = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])
    yield streams
    streams[1].close()
    server.should_exit = True
    await serving


async def answer_to(streams: Streams, *pieces: bytes) -> bytes:
    """Send the pieces each by itself, and return what comes back up to the end of a body."""
    reader, writer = streams
    async with asyncio.timeout(SECONDS):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        head = await reader.readuntil(b"\r\n\r\n")
        [length] = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        return head + await reader.readexactly(int(length.split(b":")[1]))


async def test_a_head_without_end_ends_the_connection(streams: Streams) -> None:
    answer = await answer_to(streams, BEGIN, b"X-Long: ", *[PIECE] * (PIECES + 1))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"The head of the request is too long.")


async def test_a_long_body_is_taken_in(streams: Streams) -> None:
    length = 3 * LONGEST_HEAD
    head = BEGIN + f"Content-Length: {length}\r\n\r\n".encode()

    assert (await answer_to(streams, head, b"b" * length)).endswith(str(length).encode())


async def test_a_connection_may_carry_many_heads(streams: Streams) -> None:
    head = BEGIN + b"Content-Length: 1\r\nX-Long: " + PIECE * (PIECES // 2) + b"\r\n\r\n"

    for _ in range(4):
        assert (await answer_to(streams, head, b"b")).endswith(b"1")


async def test_a_body_in_chunks_may_not_end_in_a_trailer_without_end(streams: Streams) -> None:
    chunked = BEGIN + b"Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\nX-Long: "

    answer = await answer_to(streams, chunked, *[PIECE] * (PIECES + 2))

    assert answer.startswith(b"HTTP/1.1 400 ")
