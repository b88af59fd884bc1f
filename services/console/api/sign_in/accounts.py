"""Staff accounts follow their file while the console runs."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from services.console.api.parts import Parts
from services.console.ports import StaffMember
from services.console.use_cases.accounts import end_what_is_over, keep_accounts
from shared.committer import Work
from shared.errors import AppError

log = structlog.get_logger()

SECONDS = 5.0
"""How long at most an account keeps its rights after its file changed."""


async def keep_accounts_current(read: Callable[[], Sequence[StaffMember]], parts: Parts) -> None:
    """Take over what the file says, at start and from then on; a broken file changes nothing.

    What is over of sign-ins is dropped on the way.
    """
    while True:
        try:
            await _change_if_needed(partial(keep_accounts, read(), parts.known), parts)
        except (AppError, OSError, ValueError) as error:
            log.warning("staff_file_not_taken", error_type=type(error).__name__)
        try:
            await _change_if_needed(partial(end_what_is_over, parts.known, parts.facts), parts)
        except AppError as error:
            log.warning("sign_ins_not_ended", error_type=type(error).__name__)
        await asyncio.sleep(SECONDS)


async def _change_if_needed(work: Work, parts: Parts) -> None:
    """Commit nothing where there is nothing to change."""
    if (await work()).writes:
        await parts.change(work)
