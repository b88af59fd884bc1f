"""A Transit engine over real HTTP: its keys stay here, and it does what it is asked in batches."""

import base64
import json
import os
from contextlib import AbstractContextManager
from http.server import ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.fakes.http import JsonHandler, served

TOKEN = "s.a-token-of-the-engine"
NONCE_BYTES = 12


class FakeTransit(ThreadingHTTPServer):
    """One key, `wlc`, in versions; `asked` is how often it was asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.versions = [AESGCM.generate_key(bit_length=256)]
        self.asked: list[str] = []
        self.answers_short = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def rotate(self) -> None:
        """Make a newer version; what the older ones sealed can still be opened."""
        self.versions.append(AESGCM.generate_key(bit_length=256))

    def do(self, path: str, batch: list[dict[str, str]]) -> tuple[dict[str, Any], int]:
        """Answer as the engine does."""
        verb, _, key = path.removeprefix("/v1/transit/").partition("/")
        self.asked.append(verb)
        if key != "wlc":
            return {"errors": ["encryption key not found"]}, 400
        if verb == "keys":
            return {"data": {"latest_version": len(self.versions)}}, 200
        try:
            results = [self._one(verb, each) for each in batch]
        except (InvalidTag, ValueError, IndexError):
            return {"errors": ["invalid ciphertext"]}, 400
        return {"data": {"batch_results": results[self.answers_short :]}}, 200

    def _one(self, verb: str, item: dict[str, str]) -> dict[str, str]:
        if verb == "encrypt":
            nonce = os.urandom(NONCE_BYTES)
            clear = base64.b64decode(item["plaintext"])
            sealed = nonce + AESGCM(self.versions[-1]).encrypt(nonce, clear, None)
            text = base64.b64encode(sealed).decode()
            return {"ciphertext": f"vault:v{len(self.versions)}:{text}"}
        _, version, text = item["ciphertext"].split(":")
        sealed = base64.b64decode(text)
        key = AESGCM(self.versions[int(version[1:]) - 1])
        clear = key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        return {"plaintext": base64.b64encode(clear).decode()}


class _Handler(JsonHandler):
    server: FakeTransit

    def on_get(self) -> None:
        self._answer([])

    def on_post(self) -> None:
        self._answer(json.loads(self.read_body())["batch_input"])

    def _answer(self, batch: list[dict[str, str]]) -> None:
        if self.headers["X-Vault-Token"] != TOKEN:
            self.answer({"errors": ["permission denied"]}, 403)
            return
        self.answer(*self.server.do(self.path, batch))


def fake_transit() -> AbstractContextManager[FakeTransit]:
    """Serve for as long as the context lasts."""
    return served(FakeTransit())
