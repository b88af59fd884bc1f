"""Following the places of an approved panel: those that stay free are drawn for again."""

from dataclasses import replace
from datetime import timedelta

from services.matching.domain.matches import Status
from services.matching.ports import Records
from services.matching.use_cases.draws import draw_wanted
from shared.changes import NOTHING, Changes
from shared.contracts.sessions import SessionState, SessionStatus, SessionUpdated
from shared.facts import Facts

ANSWERS_HEARD = timedelta(seconds=2)
"""By then the answers that were told beside a session are recorded."""


async def follow_places(event: SessionUpdated, records: Records, facts: Facts) -> Changes:
    """Note whether an approved panel lacks people, and have it drawn for who is missing.

    Scheduling has asked every reserve before it says that somebody is missing.
    """
    state = event.data
    match = await records.matches.get(str(state.match_id))
    engagement = await records.engagements.get(str(state.engagement_id))
    if match is None or match.status is not Status.APPROVED or engagement is None:
        return NOTHING
    short = state.missing > 0 and engagement.open and _can_be_joined(state, facts)
    noted = Changes((records.engagements.keep(replace(engagement, short=short)),))
    if not short:
        return noted if engagement.short else NOTHING
    at, key = facts.now() + ANSWERS_HEARD, f"{engagement.id}:places"
    return noted + Changes((draw_wanted(engagement.id, event, at=at, key=key),))


def _can_be_joined(state: SessionState, facts: Facts) -> bool:
    announced = state.status is SessionStatus.ANNOUNCED
    return announced and state.starts_at is not None and state.starts_at > facts.now()
