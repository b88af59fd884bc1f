"""When people who work at sessions could not come is not kept for ever."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from services.scheduling.ports import Diary
from shared.changes import Changes


async def drop_absences(ids: Sequence[str], diary: Diary, before: datetime) -> Changes:
    """Drop what was noted of these workers that ended before a time."""
    found = await asyncio.gather(*map(diary.absences.get, ids))
    pairs = [(each, each.since(before)) for each in found if each]
    return Changes(tuple(diary.absences.keep(after) for was, after in pairs if after != was))
