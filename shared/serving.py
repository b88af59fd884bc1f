"""The HTTP server of a service: what streams without end is told when it is to stop."""

import socket
import sys
from collections.abc import Callable

import uvicorn

STARTUP_FAILURE = 3


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
