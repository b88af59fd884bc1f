"""Keeps what is known of the publishers current, and tells when their keys were used."""

import asyncio
import time

import structlog

from services.intake.clients.publishers import StoredPublishers
from shared.errors import UnavailableError

log = structlog.get_logger()

READ_SECONDS = 1.0
TELL_SECONDS = 10.0


async def keep_current(publishers: StoredPublishers) -> None:
    """Read them each second, for as long as the service runs; while MongoDB is away they stay."""
    told_at = time.monotonic()
    while True:
        try:
            await publishers.refresh()
            if time.monotonic() - told_at >= TELL_SECONDS:
                told_at = time.monotonic()
                await publishers.tell_uses()
        except UnavailableError:
            log.debug("publishers_not_read")
        await asyncio.sleep(READ_SECONDS)
