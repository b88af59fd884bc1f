"""An intake and a console that answer over real HTTP, for commands that need one."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "pk_nwl-trust_secret"
TOKEN = "st_secret"
BATCH_TYPE = "application/cloudevents-batch+json"
FAULTS = [{"pointer": "/data/postcode", "code": "postcode", "sentence": "No such postcode."}]


class FakeServices(ThreadingHTTPServer):
    """Accepts every event but those whose postcode is `bad`; shows `pages` to staff."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.failures_ahead = 0
        self.pages: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def judge(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the result for one event."""
        bad = event.get("data", {}).get("postcode") == "bad"
        duplicate = event["id"] in self.received
        self.received[event["id"]] = event
        status = "rejected" if bad else "accepted"
        faults = FAULTS if bad else []
        return {
            "id": event["id"],
            "status": status,
            "duplicate": duplicate,
            "submission_id": f"s-{event['id']}",
            "faults": faults,
            "notes": [],
        }


class _Handler(BaseHTTPRequestHandler):
    server: FakeServices

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.requests += 1
        if self.server.failures_ahead:
            self.server.failures_ahead -= 1
            self._answer(503, {"title": "away"})
        elif self.headers["Authorization"] != f"Bearer {KEY}":
            self._answer(401, {"title": "unknown key"})
        elif "NaN" in body:
            fault = {"pointer": "/data", "code": "not-a-number", "sentence": "NaN is no number."}
            self._answer(400, {"title": "not JSON", "faults": [fault]})
        else:
            self._judge(json.loads(body))

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, {"title": "who?"})
        elif page is None:
            self._answer(404, {"title": "nothing here"})
        else:
            self._answer(200, page)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _judge(self, sent: Any) -> None:
        if self.headers["Content-Type"] == BATCH_TYPE:
            self._answer(202, {"results": [self.server.judge(event) for event in sent]})
            return
        result = self.server.judge(sent)
        if result["status"] == "rejected":
            self._answer(422, {"title": "refused", "faults": result["faults"]})
        else:
            self._answer(202, {"results": [result]})

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def fake_services() -> Iterator[FakeServices]:
    """Serve for as long as the context lasts."""
    with FakeServices() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
