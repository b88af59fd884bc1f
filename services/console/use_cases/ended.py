"""What is left of people in an engagement that ended long ago: what an erasure leaves as well."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from services.console.ports import Knowledge
from services.console.use_cases.erasure import match_without, session_without
from shared.changes import Changes, Write


async def blank_matches(ids: Sequence[str], known: Knowledge) -> Changes:
    """Leave of everybody in these matches the id and the chance; answers for quotas go."""
    found = await asyncio.gather(*map(known.matches.get, ids))
    answers = await asyncio.gather(*map(known.quota_answers.get, ids))
    blank: list[Write] = [
        known.matches.keep(
            match_without(
                view, {str(x.participant_id) for x in (*view.state.panel, *view.state.reserves)}
            )
        )
        for view in found
        if view
    ]
    return Changes((*blank, *(known.quota_answers.drop(each) for each in answers if each)))


async def blank_sessions(ids: Sequence[str], known: Knowledge) -> Changes:
    """Leave of who was at these sessions the id, the answer and whether they came.

    What staff wrote when they accepted that a need is not met goes, and who could not work there.
    """
    found = await asyncio.gather(*map(known.sessions.get, ids))
    blank: list[Write] = []
    for view in found:
        if view is None:
            continue
        named = {str(each.participant_id) for each in view.state.attendees}
        named |= {str(each.participant_id) for each in view.state.cannot_come}
        left = session_without(view, named)
        blank.append(known.sessions.keep(replace(left, acceptances=(), support_notes=())))
    return Changes(tuple(blank))
