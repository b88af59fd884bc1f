"""The ports of all services over real HTTP, as the operator's command asks them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakePorts(ThreadingHTTPServer):
    """Each service is a path; what is asked to be tried again is given up no more."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.failed_work: dict[str, list[dict[str, Any]]] = {}
        self.readiness: dict[str, Any] = {"ready": True, "reasons": []}

    def url_of(self, service: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{service}"

    def retry(self, service: str, asked: dict[str, str]) -> int:
        """Forget what is meant; return how much that is."""
        rows = self.failed_work.get(service, [])
        left = [row for row in rows if asked and asked != {k: row[k] for k in asked}]
        self.failed_work[service] = left
        return len(rows) - len(left)


class _Handler(BaseHTTPRequestHandler):
    server: FakePorts

    def do_GET(self) -> None:
        _, service, path = self.path.split("/", 2)
        if path == "health/ready":
            self._answer(self.server.readiness)
            return
        assert path == "failed-work"
        self._answer(self.server.failed_work.get(service, []))

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _, service, path = self.path.split("/", 2)
        assert path == "failed-work/retry"
        self._answer({"retried": self.server.retry(service, asked)})

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _answer(self, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def fake_ports() -> Iterator[FakePorts]:
    """Serve for as long as the context lasts."""
    with FakePorts() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
