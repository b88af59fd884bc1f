"""What is left of people in an engagement that ended long ago: what an erasure leaves as well."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from services.matching.ports import Records
from shared.changes import Changes


async def blank_matches(ids: Sequence[str], records: Records) -> Changes:
    """Leave of everybody in these matches the id and the chance they had."""
    found = await asyncio.gather(*map(records.matches.get, ids))
    blank = (match.forgetting(match.named) for match in found if match)
    return Changes(tuple(map(records.matches.keep, blank)))


async def blank_sessions(ids: Sequence[str], records: Records) -> Changes:
    """Take out of these engagements who could not come to their sessions."""
    found = await asyncio.gather(*map(records.engagements.get, ids))
    blank = (
        replace(
            each, sessions=tuple(replace(one, cannot_come=frozenset()) for one in each.sessions)
        )
        for each in found
        if each
    )
    return Changes(tuple(map(records.engagements.keep, blank)))
