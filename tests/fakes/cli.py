"""An intake and a console that answer over real HTTP, for commands that need one."""

import json
from contextlib import AbstractContextManager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.fakes.http import JsonHandler, served

KEY = "pk_nwl-trust_secret"
TOKEN = "st_secret"
BATCH_TYPE = "application/cloudevents-batch+json"
FAULTS = [{"pointer": "/data/postcode", "code": "postcode", "sentence": "No such postcode."}]


class FakeServices(ThreadingHTTPServer):
    """Accepts every event but those whose postcode is `bad`; shows `pages` to staff.

    What staff ask at an address of `answers` is kept, and answered with a status and a body.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.failures_ahead = 0
        self.pages: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[Any] = []

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


class _Handler(JsonHandler):
    server: FakeServices

    def on_post(self) -> None:
        body = self.read_body()
        self.server.requests += 1
        if self.path in self.server.answers:
            self._answer_staff(json.loads(body))
        elif self.server.failures_ahead:
            self.server.failures_ahead -= 1
            self.answer({"title": "away"}, 503)
        elif self.headers["Authorization"] != f"Bearer {KEY}":
            self.answer({"title": "unknown key"}, 401)
        elif "NaN" in body:
            fault = {"pointer": "/data", "code": "not-a-number", "sentence": "NaN is no number."}
            self.answer({"title": "not JSON", "faults": [fault]}, 400)
        else:
            self._judge(json.loads(body))

    def on_get(self) -> None:
        page = self.server.pages.get(self.path)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer({"title": "who?"}, 401)
        elif page is None:
            self.answer({"title": "nothing here"}, 404)
        else:
            self.answer(page, 200)

    def _answer_staff(self, asked: Any) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer({"title": "who?"}, 401)
            return
        self.server.asked.append(asked)
        status, body = self.server.answers[self.path]
        self.answer(body, status)

    def _judge(self, sent: Any) -> None:
        if self.headers["Content-Type"] == BATCH_TYPE:
            self.answer({"results": [self.server.judge(event) for event in sent]}, 202)
            return
        result = self.server.judge(sent)
        if result["status"] == "rejected":
            self.answer({"title": "refused", "faults": result["faults"]}, 422)
        else:
            self.answer({"results": [result]}, 202)


def fake_services() -> AbstractContextManager[FakeServices]:
    """Serve for as long as the context lasts."""
    return served(FakeServices())
