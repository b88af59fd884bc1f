"""How long matching keeps what of people in an engagement; what draws are shown by stays."""

from collections.abc import Sequence

from services.matching.ports import Records
from services.matching.use_cases.ended import blank_matches, blank_sessions
from shared.aged import Engagements
from shared.changes import Changes
from shared.periods import (
    ENGAGEMENT_DAYS,
    OF_ALL_SERVICES,
    WHILE_TAKING_PART,
    WORK,
    Kept,
    Periods,
    dated,
    with_engagement,
)
from shared.retention import Ends

SAYS_MORE = {
    "$elemMatch": {
        "$or": [
            {"participant_reference": {"$gt": ""}},
            {"reasons.0": {"$exists": True}},
            {"features": {"$gt": {}}},
        ]
    }
}
"""Somebody of whom more is said than that they were there, with which chance."""
PERIODS: Periods = {
    **OF_ALL_SERVICES,
    "candidates": Kept(
        says=f"{WHILE_TAKING_PART.says}; of who left the sum of the chances until they are "
        "forgotten; then the id"
    ),
    "matches": with_engagement(
        "engagement_id",
        where={"$or": [{"panel": SAYS_MORE}, {"reserves": SAYS_MORE}]},
        left="id and chance of each person stay, so that a draw can be shown to have been fair",
    ),
    "opportunities": dated("until", setting=ENGAGEMENT_DAYS, after="its last day"),
    "attendances": with_engagement("engagement_id"),
    "staff_changes": with_engagement("engagement_id"),
    "drawn": dated(
        "drawn_at",
        setting=ENGAGEMENT_DAYS,
        after="the draw at most; of an approved one seconds, of one that was called off a day",
    ),
    "engagements": with_engagement(
        "_id",
        where={"sessions.cannot_come.0": {"$exists": True}},
        left="no person is named in them",
    ),
    "chances": WORK,
    "draws": WORK,
    "forgetting": WORK,
    "what_ifs": WORK,
}
ENGAGEMENTS = Engagements(ends=("window_end", "sessions.ends_at"))


def ends(records: Records) -> dict[str, Ends]:
    """Return what becomes of rows that are not simply deleted."""

    async def matches(ids: Sequence[str]) -> Changes:
        return await blank_matches(ids, records)

    async def engagements(ids: Sequence[str]) -> Changes:
        return await blank_sessions(ids, records)

    return {"matches": matches, "engagements": engagements}
