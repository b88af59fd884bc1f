"""How long scheduling keeps what of people in an engagement.

A panel goes before its sessions: an engagement without one is not settled, so none is made anew.
"""

from collections.abc import Sequence
from datetime import timedelta

from services.scheduling.ports import Diary
from services.scheduling.use_cases.noting import drop_absences
from shared.aged import Engagements
from shared.changes import Changes
from shared.facts import Facts
from shared.periods import (
    ENGAGEMENT_DAYS,
    OF_ALL_SERVICES,
    WHILE_TAKING_PART,
    WORK,
    Kept,
    Periods,
    dated,
    for_good,
    with_engagement,
)
from shared.retention import Ends

PERIODS: Periods = {
    **OF_ALL_SERVICES,
    "attendants": Kept(says=f"{WHILE_TAKING_PART.says}; then the id"),
    "panels": with_engagement("_id"),
    "sessions": with_engagement("engagement_id"),
    "invitations": with_engagement("engagement_id"),
    "venue_days": dated("day", setting=ENGAGEMENT_DAYS, after="the day"),
    "absences": Kept(
        says="{} after somebody who works at sessions could not come", setting=ENGAGEMENT_DAYS
    ),
    "resource_calendars": Kept(says="as long as the calendar is named in the file"),
    "engagements": for_good("names nobody"),
    "calendar_reads": WORK,
    "deadlines": WORK,
    "erasures": WORK,
    "follow_ups": WORK,
    "hub_plans": WORK,
    "plans": WORK,
    "quorums": WORK,
    "reminders": WORK,
}
ENGAGEMENTS = Engagements(ends=("terms.window.last",), sessions=("engagement_id", "ends_at"))


def ends(diary: Diary, facts: Facts, *, kept_days: int) -> dict[str, Ends]:
    """Return what becomes of rows that are not simply deleted."""

    async def absences(ids: Sequence[str]) -> Changes:
        return await drop_absences(ids, diary, facts.now() - timedelta(days=kept_days))

    return {"absences": absences}
