"""The newest head of the audit trail's chain, told to the log: outside of what could be changed."""

import asyncio

import structlog

from services.console.ports import AuditChain
from shared.errors import UnavailableError

log = structlog.get_logger()

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 30.0


async def tell_head(chain: AuditChain, every_seconds: float = EVERY_SECONDS) -> None:
    """Tell it each hour, for as long as the service runs."""
    while True:
        pause = every_seconds
        try:
            if block := await chain.last():
                log.info("audit_head", block=block.number, head=block.head)
        except UnavailableError:
            pause = AGAIN_SECONDS
        await asyncio.sleep(pause)
