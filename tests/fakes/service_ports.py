"""The ports of all services over real HTTP, as the operator's command asks them."""

import json
from contextlib import AbstractContextManager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.fakes.http import JsonHandler, served

TOKEN = "op_secret"


class FakePorts(ThreadingHTTPServer):
    """Each service is a path; what is asked to be tried again is given up no more.

    `written_down` is what the console was told before, which it answers with `writes_down`.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.failed_work: dict[str, list[dict[str, Any]]] = {}
        self.written_down: list[tuple[str, str]] = []
        self.writes_down = 201
        self.keys_left = 0
        self.current_master = "new"
        self.rests = False
        self.wrapped_at_once = 0
        self.known_person = ""
        self.readiness: dict[str, Any] = {"ready": True, "reasons": []}

    def keys(self) -> dict[str, Any]:
        """Tell how many keys are left; each time that it is asked, fewer are, if it does not rest.

        Where `rests`, only being asked to rotate makes them fewer.
        """
        if not self.rests:
            self.keys_left = max(0, self.keys_left - 1)
        masters = [
            {"name": "old", "keys": self.keys_left, "is_current": False, "is_known": True},
            {"name": self.current_master, "keys": 7, "is_current": True, "is_known": True},
        ]
        return {"current": self.current_master, "masters": masters, "left": self.keys_left}

    def rotate(self, path: str, asked: dict[str, str]) -> tuple[dict[str, Any] | None, int]:
        """Begin a rotation: of the master, or of the one person who is known."""
        if path == "keys/rotate-master":
            self.keys_left = max(0, self.keys_left - self.wrapped_at_once)
            return self.keys(), 200
        is_known = asked["participant_id"] == self.known_person
        return (None, 202) if is_known else ({"detail": "Nobody has this participant id."}, 404)

    def url_of(self, service: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{service}"

    def retry(self, service: str, asked: dict[str, str]) -> int:
        """Forget what is meant; return how much that is."""
        rows = self.failed_work.get(service, [])
        left = [row for row in rows if asked and asked != {k: row[k] for k in asked}]
        self.failed_work[service] = left
        return len(rows) - len(left)


class _Handler(JsonHandler):
    server: FakePorts

    def on_get(self) -> None:
        _, service, path = self.path.split("/", 2)
        if path == "health/ready":
            self.answer(self.server.readiness)
            return
        if self.is_refused():
            return
        if path == "keys":
            self.answer(self.server.keys())
            return
        assert path == "failed-work"
        self.answer(self.server.failed_work.get(service, []))

    def on_post(self) -> None:
        asked = json.loads(self.read_body())
        _, service, path = self.path.split("/", 2)
        if path == "v1/audit":
            self.server.written_down += [(asked["what"], each) for each in asked["about"]]
            self.answer({"rows": len(asked["about"])}, self.server.writes_down)
            return
        if self.is_refused():
            return
        if path.startswith("keys/"):
            self.answer(*self.server.rotate(path, asked))
            return
        assert path == "failed-work/retry"
        self.answer({"retried": self.server.retry(service, asked)})

    def is_refused(self) -> bool:
        """Answer no to whoever has no token of the operator's."""
        refused = self.headers["Authorization"] != f"Bearer {TOKEN}"
        if refused:
            self.answer({"detail": "This address is for the operator"}, 401)
        return refused


def fake_ports() -> AbstractContextManager[FakePorts]:
    """Serve for as long as the context lasts."""
    return served(FakePorts())
