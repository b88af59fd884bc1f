"""Style sheets, scripts and icons: read and compressed once, kept by browsers as long as they like.

A page names a file under the hash of all of them, so that no page ever meets another's files. They
hold nothing of anybody, so that their compressed size tells nothing.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Self

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.console.api.compression import takes_gzip

STATIC = Path(__file__).parent.parent / "static"
WHERE = "/static"
SHOWN = frozenset({".css", ".js", ".svg"})
HASH_LENGTH = 12
HASHED = re.compile(rf"^([0-9a-f]{{{HASH_LENGTH}}})/")
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=3600"
"""Of an address without the hash."""
NOT_AT_ALL = "no-store"
"""Of one with the hash of another release, whose file this may not be."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is, and as it goes to a browser that takes gzip."""

    plain: bytes
    compressed: bytes
    media_type: str
    tag: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and compress it; the time of it is left out, so that all replicas say the same."""
        content = path.read_bytes()
        media_type, _ = mimetypes.guess_type(path.name)
        return cls(
            content,
            gzip.compress(content, mtime=0),
            media_type or "application/octet-stream",
            hashlib.sha256(content).hexdigest()[:HASH_LENGTH],
        )


class StaticFiles:
    """`/static/…`: every file of the folder that a page can show, and no other."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): StaticFile.read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in SHOWN
        }
        told = "".join(f"{name} {each.tag}\n" for name, each in self._files.items())
        self.hash = hashlib.sha256(told.encode()).hexdigest()[:HASH_LENGTH]

    def address(self, name: str) -> str:
        """Return where a page finds a file. Raises LookupError for one that is not there."""
        if name not in self._files:
            raise LookupError(name)
        return f"{WHERE}/{self.hash}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path.removeprefix(f"{WHERE}/")
        asked, name = HASHED.match(path), HASHED.sub("", path)
        found = self._files.get(name)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if request.method not in {"GET", "HEAD"}:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
        if asked is None:
            return _given(found, request, FOR_A_WHILE)
        return _given(found, request, FOR_GOOD if asked[1] == self.hash else NOT_AT_ALL)


@cache
def static_files() -> StaticFiles:
    """Return the console's own, read once."""
    return StaticFiles()


def _given(found: StaticFile, request: Request, kept: str) -> Response:
    compressed = takes_gzip(request)
    tag = f'"{found.tag}{"-gzip" if compressed else ""}"'
    headers = {
        "Cache-Control": kept,
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    body = found.compressed if compressed else found.plain
    return Response(body, headers=headers, media_type=found.media_type)
