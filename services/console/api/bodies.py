"""How much a browser or a script may send: no form of ours is long, whoever has not signed in."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024


class BodyLimit:
    """Lets nothing read a body past `MOST_BYTES`: forms are read before it is known who sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = _said_length(scope)
        read = 0

        async def receive_within() -> Message:
            nonlocal read
            message = await receive() if said <= MOST_BYTES else {"type": "http.disconnect"}
            read += len(message.get("body", b""))
            if max(said, read) > MOST_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, receive_within, send)


def _said_length(scope: Scope) -> int:
    """Return the length that the sender names, if any."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(said) if said.isdigit() else 0
