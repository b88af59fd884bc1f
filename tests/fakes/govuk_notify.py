"""GOV.UK Notify on loopback: its published API over real HTTP, and what can go wrong with it.

What it takes it keeps in a folder, so that it can be ended and begun again. As a process of its
own: `python -m tests.fakes.govuk_notify --port N --dir D`; it is told what to do by `POST /told`.
"""

import argparse
import hashlib
import json
import os
import socket
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.fakes.govuk_notify_rules import (
    ApiError,
    check_number,
    check_template,
    check_token,
    is_uuid,
    pdf_of,
    trouble_of,
)
from tests.fakes.http import JsonHandler, served

PAGE = 250
LONGEST_TEXT = 918
BOOK = "notifications.jsonl"
TOLD = "told.json"


@dataclass
class Told:
    """What it is told to do.

    `troubles` are what the next requests meet, one each: a status (`500`, `429`), `hang` (not
    taken, no answer), `silent` (taken, no answer), `cut` (taken, then the connection breaks),
    `garbled` (taken, then no JSON), or none (`""`). `numbers` are the statuses of what goes to a
    number, `outcomes` those of all else, by their type.
    """

    troubles: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(
        default_factory=lambda: {"sms": "delivered", "letter": "received"}
    )
    is_for_team_only: bool = False


class Notify(ThreadingHTTPServer):
    """The service, as one of its own clients sees it."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self._folder = folder
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self.requests = 0
        self.connections = 0
        self.taken = _lines(folder / BOOK)
        told = folder / TOLD
        self.told = Told(**json.loads(told.read_text())) if told.exists() else Told()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()

    def of(self, reference: str) -> list[dict[str, Any]]:
        """Return what was taken under a reference, the newest first."""
        return [each for each in reversed(self.taken) if each["reference"] == reference]

    def tell(self, told: dict[str, Any]) -> None:
        """Change what it does from now on; another process with this folder does the same."""
        with self._lock:
            self.told = Told(**{**asdict(self.told), **told})
            self._keep_told()

    def next_trouble(self) -> str:
        with self._lock:
            self.requests += 1
            if not self.told.troubles:
                return ""
            trouble = self.told.troubles.pop(0)
            self._keep_told()
            return trouble

    def take(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Keep a notification for good, and return it."""
        taken = {
            "id": str(uuid4()),
            "type": kind,
            "reference": asked.get("reference"),
            "created_at": datetime.now(UTC).isoformat(),
            **(self._text(asked) if kind == "sms" else self._letter(asked)),
        }
        with self._lock, (self._folder / BOOK).open("a") as book:
            book.write(json.dumps(taken) + "\n")
            book.flush()
            os.fsync(book.fileno())
            self.taken.append(taken)
        return taken

    def seen(self, taken: dict[str, Any]) -> dict[str, Any]:
        """Return a notification with what has become of it."""
        by_number = self.told.numbers.get(taken.get("phone_number", ""))
        return {**taken, "status": by_number or self.told.outcomes[taken["type"]]}

    def _text(self, asked: dict[str, Any]) -> dict[str, Any]:
        check_number(asked.get("phone_number"))
        check_template(asked.get("template_id"))
        words = asked.get("personalisation", {}).get("message")
        if words is None:
            raise ApiError(400, "BadRequestError", "Missing personalisation: message")
        if self.told.is_for_team_only:
            said = "Can’t send to this recipient using a team-only API key"  # noqa: RUF001 - its own
            raise ApiError(400, "BadRequestError", said)
        if not asked["phone_number"].startswith("+44"):
            said = "Cannot send to international mobile numbers"
            raise ApiError(400, "BadRequestError", said)
        if len(words) > LONGEST_TEXT:
            said = f"Text messages cannot be longer than {LONGEST_TEXT} characters"
            raise ApiError(400, "BadRequestError", said)
        return {"phone_number": asked["phone_number"], "body": words}

    def _letter(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.told.is_for_team_only:
            raise ApiError(403, "BadRequestError", "Cannot send letters with a team api key")
        if not asked.get("reference"):
            raise ApiError(400, "ValidationError", "reference is a required property")
        if asked.get("postage", "second") not in {"first", "second", "economy"}:
            said = "postage invalid. It must be either first, second or economy."
            raise ApiError(400, "ValidationError", said)
        pdf = pdf_of(asked.get("content", ""))
        name = hashlib.sha256(pdf).hexdigest()
        (self._folder / f"{name}.pdf").write_bytes(pdf)
        return {"pdf": f"{name}.pdf", "postage": asked.get("postage", "second")}

    def _keep_told(self) -> None:
        unfinished = self._folder / f"{TOLD}.part"
        unfinished.write_text(json.dumps(asdict(self.told)))
        unfinished.replace(self._folder / TOLD)


class _Handler(JsonHandler):
    server: Notify
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def on_get(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/told":
            self.answer(asdict(self.server.told))
        elif asked.path == "/v2/notifications":
            self._answering(lambda: self._page(parse_qs(asked.query)))
        else:
            self._answering(lambda: self._one(asked.path.rsplit("/", 1)[-1]))

    def on_post(self) -> None:
        asked = json.loads(self.read_body())
        if self.path == "/told":
            self.server.tell(asked)
            self.answer({})
        elif self.path == "/v2/notifications/sms":
            self._answering(lambda: self._taken("sms", asked), 201)
        elif self.path == "/v2/notifications/letter":
            self._answering(lambda: self._taken("letter", asked), 201)
        else:
            self._refuse(ApiError(404, "NoResultFound", "No result found"))

    def _answering(self, answer: Any, status: int = 200) -> None:
        trouble = self.server.next_trouble()
        try:
            if trouble == "hang":
                self.server.stopping.wait()
                self._cut()
            elif trouble.isdigit():
                raise trouble_of(int(trouble))
            else:
                check_token(self.headers.get("Authorization", ""))
                self._answer_or_break(answer(), status, trouble)
        except ApiError as error:
            self._refuse(error)

    def _answer_or_break(self, found: Any, status: int, trouble: str) -> None:
        if trouble == "silent":
            self.server.stopping.wait()
        if trouble in {"cut", "silent"}:
            self._cut()
        elif trouble == "garbled":
            self.answer_raw(b"<html>", status)
        else:
            self.answer(found, status)

    def answer_raw(self, content: bytes, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        if 300 <= code < 400:
            self.send_header("Location", "/v2/notifications")

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _refuse(self, error: ApiError) -> None:
        errors = [{"error": error.kind, "message": str(error)}]
        self.answer({"status_code": error.status, "errors": errors}, error.status)

    def _taken(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        taken = self.server.take(kind, asked)
        if kind == "letter":
            return {key: taken[key] for key in ("id", "reference", "postage")}
        uri = f"{self.server.url}/v2/notifications/{taken['id']}"
        content = {"body": taken["body"], "from_number": "WLC"}
        return {"id": taken["id"], "reference": taken["reference"], "content": content, "uri": uri}

    def _page(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        found: Iterable[dict[str, Any]] = reversed(self.server.taken)
        for name, field_name in (("reference", "reference"), ("template_type", "type")):
            if name in asked:
                found = [each for each in found if each[field_name] == asked[name][0]]
        page = [self.server.seen(each) for each in list(found)[:PAGE]]
        return {"notifications": page, "links": {"current": self.path}}

    def _one(self, notification_id: str) -> dict[str, Any]:
        if not is_uuid(notification_id):
            raise ApiError(400, "ValidationError", "id is not a valid UUID")
        for taken in self.server.taken:
            if taken["id"] == notification_id:
                return self.server.seen(taken)
        raise ApiError(404, "NoResultFound", "No result found")


def _lines(book: Path) -> list[dict[str, Any]]:
    """Read what was kept; the last line may be half of one after a kill, which was never taken."""
    lines = book.read_text().splitlines(keepends=True) if book.exists() else []
    whole = [line for line in lines if line.endswith("\n")]
    if len(whole) < len(lines):
        book.write_text("".join(whole))
    return [json.loads(line) for line in whole]


def govuk_notify(folder: Path, port: int = 0) -> AbstractContextManager[Notify]:
    """Serve for as long as the context lasts."""
    return served(Notify(folder, port))


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    asked = parser.parse_args()
    asked.dir.mkdir(parents=True, exist_ok=True)
    Notify(asked.dir, asked.port).serve_forever()


if __name__ == "__main__":
    main()
