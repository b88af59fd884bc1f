"""Using connections to the broker that are cut on purpose."""

import asyncio
from collections.abc import Coroutine

from aiormq.exceptions import AMQPError

CONNECT_SECONDS = 5.0


async def went_well(work: Coroutine[None, None, None], seconds: float | None) -> bool:
    """Do it and tell whether it came to its end in time.

    Where a connection is lost, aiormq ends what waits for it as if it had been cancelled, or (7.2)
    by an `Exception` without more.
    """
    try:
        async with asyncio.timeout(seconds):
            await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise
        return False
    except (AMQPError, RuntimeError, OSError, TimeoutError):
        return False
    except Exception as error:
        if type(error) is not Exception:
            raise
        return False
    return True
