"""Waiting for servers that are away, and loops that go on whatever breaks in them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import uniform
from typing import Any

import structlog

from shared.health import Health
from shared.log import frames

logger = structlog.get_logger()

RETRY_SECONDS = 1.0


async def until_there(server: str, connect_: Callable[[], Awaitable[Any]], health: Health) -> None:
    """Try until it works; what is in the way is said once, and shown by readiness."""
    health.waiting_for = server
    while True:
        try:
            await connect_()
        except (Exception, asyncio.CancelledError) as error:
            if _is_to_stop():
                raise
            in_the_way = f"{server} ({type(error).__name__})"
            if health.waiting_for == server:
                logger.warning("waiting_for_server", reason=in_the_way, exc_frames=frames(error))
            health.waiting_for = in_the_way
            await asyncio.sleep(about(RETRY_SECONDS))
        else:
            return


async def kept_going(loop: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a loop until it returns; one that breaks is told of and begins anew."""
    while True:
        try:
            await loop()
        except (Exception, asyncio.CancelledError) as error:
            if _is_to_stop():
                raise
            logger.error("loop_broke", error_type=type(error).__name__, exc_frames=frames(error))  # noqa: TRY400
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return


def about(seconds: float) -> float:
    """Draw a pause, so that replicas which lost a server together do not ask for it together."""
    return seconds * uniform(0.75, 1.5)  # noqa: S311 - no secret


def _is_to_stop() -> bool:
    """Whether this task was cancelled; a connection that closes throws the same into who waits."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
