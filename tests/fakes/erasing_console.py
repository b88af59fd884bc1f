"""The console over real HTTP, as `wlc erase` asks it."""

import json
from contextlib import AbstractContextManager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.fakes.http import JsonHandler, served


class FakeConsole(ThreadingHTTPServer):
    """Knows everybody by one `card`; `asked_at` is when they asked to be forgotten before.

    As often as it is `away`, it answers nothing that is of use.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked_at: str | None = None
        self.card: dict[str, Any] | None = {"display_name": "Amina West", "contacts": []}
        self.forgotten: list[str] = []
        self.away = 0
        self.noted: list[dict[str, Any]] = []


class _Handler(JsonHandler):
    server: FakeConsole

    def on_get(self) -> None:
        assert self.path.startswith("/v1/erasures/")
        self.answer({"asked_at": self.server.asked_at, "confirmed": {}, "missing": []})

    def on_post(self) -> None:
        body = self.read_body()
        if self.server.away:
            self.server.away -= 1
            self.answer({}, 503)
            return
        *_, person, what = self.path.split("/")
        if what == "audit":
            self.server.noted.append(json.loads(body))
            self.answer({"rows": 1}, 201)
            return
        if what == "erase":
            self.server.forgotten.append(person)
            self.answer({})
            return
        assert what == "card"
        found = self.server.card
        self.answer(found or {"detail": "nothing that can be opened"}, 200 if found else 404)


def fake_console() -> AbstractContextManager[FakeConsole]:
    """Serve for as long as the context lasts."""
    return served(FakeConsole())
