"""The HTTP server of a service: what streams without end is told when it is to stop."""

import socket
import sys
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STARTUP_FAILURE = 3
LONGEST_HEAD = 65_536
"""Bytes of a request before its body."""


class BoundedHttp(HttpToolsProtocol):
    """Ends a connection whose request never comes to its body, which the parser would wait for."""

    _head = 0

    def data_received(self, data: bytes) -> None:
        """Read on; bytes count as the head's until it is complete."""
        self._head += len(data)
        super().data_received(data)
        if self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Begin anew."""
        super().on_headers_complete()
        self._head = 0

    def on_body(self, body: bytes) -> None:
        """Count nothing of a body."""
        super().on_body(body)
        self._head = 0


class EndingServer(uvicorn.Server):
    """Waits for open requests when it stops, but first ends those that would never end."""

    def __init__(self, config: uvicorn.Config, end: Callable[[], None]) -> None:
        super().__init__(config)
        self._end = end

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, having told what streams."""
        self._end()
        await super().shutdown(sockets)


def run(config: uvicorn.Config, end: Callable[[], None]) -> None:
    """Serve until SIGTERM; end the process with an error where the app cannot start."""
    server = EndingServer(config, end)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
