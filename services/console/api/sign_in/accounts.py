"""Staff accounts follow their file while the console runs."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from services.console.api.parts import Parts
from services.console.ports import StaffMember
from services.console.use_cases.sign_in import keep_accounts
from shared.errors import AppError

log = structlog.get_logger()

SECONDS = 30.0


async def keep_accounts_current(read: Callable[[], Sequence[StaffMember]], parts: Parts) -> None:
    """Take over what the file says, at start and from then on; a broken file changes nothing."""
    while True:
        try:
            await parts.change(partial(keep_accounts, read(), parts.known))
        except (AppError, OSError, ValueError) as error:
            log.warning("staff_file_not_taken", error_type=type(error).__name__)
        await asyncio.sleep(SECONDS)
