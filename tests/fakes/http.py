"""Serving JSON over real HTTP, for commands that ask a service."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

S = TypeVar("S", bound=ThreadingHTTPServer)


class JsonHandler(BaseHTTPRequestHandler, ABC):
    """Answers in JSON, and keeps quiet about it."""

    def do_GET(self) -> None:
        self.on_get()

    def do_POST(self) -> None:
        self.on_post()

    def do_PUT(self) -> None:
        self.on_put()

    def on_put(self) -> None:
        """Answer what is to be set; most servers set nothing."""
        self.answer({}, 405)

    @abstractmethod
    def on_get(self) -> None:
        """Answer a question."""

    @abstractmethod
    def on_post(self) -> None:
        """Answer what was sent."""

    def read_body(self) -> str:
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def answer(self, body: Any, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def served(server: S) -> Iterator[S]:
    """Serve for as long as the context lasts."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
