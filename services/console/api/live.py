"""`/live`: news for the pages that staff have open, as server-sent events."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.console.api.access import LIVE_PATH, Access, for_staff, staff_of
from services.console.api.parts import Parts
from services.console.ports import News, Right, hubs_with
from services.console.use_cases.live import Listener, LiveFeed
from services.console.use_cases.sign_in import Visitor
from shared.errors import UnavailableError

SLOW_SECONDS = 10.0
"""Whoever takes nothing for so long is let go."""
COME_AGAIN_MILLISECONDS = 2_000
HELLO = format_sse_event(event="hello", data_str="{}", retry=COME_AGAIN_MILLISECONDS)
MISSED = format_sse_event(event="missed", data_str="{}")
SIGNED_OUT = format_sse_event(event="ended", data_str="{}")

Still = Callable[[], Awaitable[Visitor | None]]


class LivePage:
    """`/live`: open for as long as the browser is signed in, which it does not lengthen."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rule = Access(parts, Right.LOOK)

    def router(self) -> APIRouter:
        """Return the address, open to staff only."""
        router = APIRouter(include_in_schema=False)
        look = for_staff(self._parts, Right.LOOK)
        router.add_api_route(LIVE_PATH, self.live, methods=["GET"], dependencies=look)
        return router

    async def live(
        self,
        request: Request,
        since: int | None = None,
        last_event_id: Annotated[str, Header()] = "",
    ) -> Response:
        """Tell what changes in the visitor's hubs, with what they have missed since a time."""
        staff, feed = staff_of(request), self._parts.live
        newest = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else None
        known = staff.hubs, hubs_with(Right.IDENTIFY, staff.roles)
        listener = feed.listen(staff.username, *known, since if newest is None else newest)

        async def still() -> Visitor | None:
            return await self._rule.visitor(request)

        return NewsStream(feed, listener, still, self._parts.options.live_check_seconds)


class NewsStream(Response):
    """The answer that goes on; asks at each check whether its visitor is still signed in."""

    media_type = "text/event-stream"

    def __init__(
        self, feed: LiveFeed, listener: Listener, still: Still, check_seconds: float
    ) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._feed = feed
        self._listener = listener
        self._still = still
        self._check_seconds = check_seconds

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        gone = asyncio.create_task(_until_gone(receive))
        gone.add_done_callback(lambda _: self._listener.end())
        try:
            start = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **start})
            await self._tell(send)
        finally:
            self._feed.leave(self._listener)
            gone.cancel()
            with suppress(OSError, TimeoutError):
                await _send(send, b"", more=False)

    async def _tell(self, send: Send) -> None:
        """Tell until it is over, or whoever listens takes nothing for too long."""
        with suppress(OSError, TimeoutError):
            await _send(send, HELLO)
            check_at = monotonic() + self._check_seconds
            while not self._listener.is_over:
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, check_at - monotonic())):
                        await self._listener.changed.wait()
                if monotonic() >= check_at:
                    check_at = monotonic() + self._check_seconds
                    if not await self._may_go_on():
                        await _send(send, SIGNED_OUT)
                        return
                    await _send(send, KEEPALIVE_COMMENT)
                await self._tell_news(send)

    async def _tell_news(self, send: Send) -> None:
        if self._listener.missed:
            self._listener.missed = False
            await _send(send, MISSED)
        said = b"".join(_event(stamp, news) for stamp, news in self._listener.take())
        if said:
            await _send(send, said)

    async def _may_go_on(self) -> bool:
        """Tell whether the visitor is still let in; their hubs may have changed."""
        try:
            visitor = await self._still()
        except UnavailableError:
            return True  # nothing can be told meanwhile, and it is asked again
        if visitor is None or not visitor.hubs:
            return False
        self._listener.look = visitor.hubs
        self._listener.identify = hubs_with(Right.IDENTIFY, visitor.roles)
        return True


def _event(stamp: int, news: News) -> bytes:
    return format_sse_event(event="news", data_str=json.dumps(asdict(news)), id=str(stamp))


async def _send(send: Send, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(SLOW_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
