"""A bug in an HTTP handler: answered with a plain sentence, logged without its text."""

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.log import frames

log = structlog.get_logger()


class QuietFailures:
    """Nobody sees the text of an exception: it may hold what somebody sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            log.debug("request_given_up")
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, its text stays here
            log.error("request_broke", error_type=type(error).__name__, exc_frames=frames(error))  # noqa: TRY400
            sorry = PlainTextResponse("Something went wrong here. Please try again.", 500)
            await sorry(scope, receive, send)
