"""How long intake keeps what, and what then becomes of people who left long ago."""

from collections.abc import Sequence
from datetime import timedelta

from services.intake.ports import Desk
from services.intake.use_cases.leaving import forget_who_left, to_be_forgotten
from shared.aged import Engagements
from shared.changes import Changes
from shared.due import DueWork
from shared.handlers import Handlers
from shared.periods import (
    ENGAGEMENT_DAYS,
    OF_ALL_SERVICES,
    WORK,
    Kept,
    Periods,
    dated,
    for_good,
    with_engagement,
)
from shared.retention import Ends

LEAVERS = "leavers"
"""Whom to forget, since they left long ago: one by one, as if they had asked for it."""
OF_WORK = for_good("names nobody, and later reports are told by it where they belong")
OTHER_SYSTEMS = for_good("about other systems")
QUARANTINED = Kept(says="until corrected, 90 days at most")
PERIODS: Periods = {
    **OF_ALL_SERVICES,
    "participants": Kept(
        says="until the person asks to be forgotten, {} after they left at most; then id and keyed "
        "digests of references, for good: so that a nightly list does not bring them back",
        setting="kept_left_days",
        since=("left_at",),
        where={"status": "left"},
    ),
    "consents": for_good("the proof of what was agreed to, under the id alone"),
    LEAVERS: WORK,
    "quarantine": QUARANTINED,
    "second_looks": QUARANTINED,
    "expiries": QUARANTINED,
    "submissions": dated("received_at", setting="kept_submissions_days", after="it came"),
    "attendances": with_engagement("engagement_id"),
    "feedbacks": dated("recorded_at", setting=ENGAGEMENT_DAYS, after="it was given"),
    "engagements": OF_WORK,
    "sessions": OF_WORK,
    "outcomes": OF_WORK,
    "erasure_cases": for_good("the proof, under the id alone"),
    "erasures": WORK,
    "erasure_checks": WORK,
    "key_ends": WORK,
    "key_rotations": WORK,
    "master_rotations": WORK,
    "publishers": OTHER_SYSTEMS,
    "key_uses": OTHER_SYSTEMS,
}
ENGAGEMENTS = Engagements(ends=("state.window.to",))


def ends(desk: Desk) -> dict[str, Ends]:
    """Return what becomes of rows that are not simply deleted."""

    async def people(ids: Sequence[str]) -> Changes:
        return to_be_forgotten(LEAVERS, ids, desk)

    return {"participants": people}


def forgotten_when_due(handlers: Handlers, desk: Desk, *, kept_days: int) -> None:
    """Have those forgotten who left so long ago."""

    @handlers.when_due(LEAVERS)
    async def on_leaver_due(work: DueWork) -> Changes:
        return await forget_who_left(work.id, timedelta(days=kept_days), desk)
