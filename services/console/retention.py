"""How long the console keeps what of people; what draws and figures are shown by stays."""

from collections.abc import Sequence

from services.console.ports import Knowledge
from services.console.use_cases.ended import blank_matches, blank_sessions
from services.console.use_cases.erasure import ERASED
from shared.aged import Engagements
from shared.audit_chain import KEPT_YEARS
from shared.changes import Changes
from shared.periods import (
    ENGAGEMENT_DAYS,
    OF_ALL_SERVICES,
    ONE_DAY,
    UNTIL_FORGOTTEN,
    WHILE_TAKING_PART,
    WORK,
    Kept,
    Periods,
    dated,
    for_good,
    with_engagement,
)
from shared.retention import Ends

OF_NOBODY = for_good("names nobody, and draws and reports are shown by it")
AS_SIGNED_IN = Kept(says="until it ends, a day at most")
NAMED = {"$elemMatch": {"participant_reference": {"$ne": ERASED}}}
PERIODS: Periods = {
    **OF_ALL_SERVICES,
    "people": Kept(says=f"{UNTIL_FORGOTTEN.says}; then the id"),
    "contacts": UNTIL_FORGOTTEN,
    "details": Kept(says=f"{WHILE_TAKING_PART.says}; of who left counts and channel"),
    "times": Kept(says=f"{WHILE_TAKING_PART.says}; of who left a count"),
    "groups": Kept(says=f"{WHILE_TAKING_PART.says} and agrees"),
    "quota_answers": Kept(says="until the match is decided or called off, or blanked"),
    "matches": with_engagement(
        "state.engagement_id",
        where={"$or": [{"state.panel": NAMED}, {"state.reserves": NAMED}]},
        left="id and chance of each person stay, so that a draw can be shown to have been fair",
    ),
    "sessions": with_engagement(
        "state.engagement_id",
        where={
            "$or": [
                {"state.attendees": NAMED},
                {"state.cannot_come.0": {"$exists": True}},
                {"acceptances.0": {"$exists": True}},
                {"support_notes.0": {"$exists": True}},
            ]
        },
        left="id, answer and whether they came stay, so that figures stand",
    ),
    "changes": with_engagement("state.engagement_id"),
    "invitations": dated(
        "at", "state.sessions.ends_at", setting=ENGAGEMENT_DAYS, after="the last session"
    ),
    "messages": dated("at", setting=ENGAGEMENT_DAYS, after="the message"),
    "trace": dated("at", setting=ENGAGEMENT_DAYS, after="the event"),
    "askings": UNTIL_FORGOTTEN,
    "chances": UNTIL_FORGOTTEN,
    "previews": ONE_DAY,
    "what_ifs": ONE_DAY,
    "access_requests": dated("answered_on", setting="kept_requests_days", after="it was answered"),
    "erasures": for_good("the proof, under the id alone"),
    "refusals": Kept(says="90 days, then the database deletes it"),
    "announced": OF_NOBODY,
    "draws": OF_NOBODY,
    "engagements": OF_NOBODY,
    "figures": OF_NOBODY,
    "films": OF_NOBODY,
    "outreach": OF_NOBODY,
    "held_decisions": WORK,
    "second_looks": WORK,
    "staff": Kept(says="as the staff file says"),
    "last_sign_ins": Kept(says="as the staff file says"),
    "one_time_codes": Kept(says="as the staff file says"),
    "browsers": AS_SIGNED_IN,
    "half_signed_in": AS_SIGNED_IN,
    "failed_sign_ins": AS_SIGNED_IN,
    "calendar_links": for_good("so that one that was revoked stays so"),
    "audit": Kept(
        says=f"{KEPT_YEARS} years, then the operator's `wlc audit end`: MongoDB lets no service "
        "change or delete a row of it"
    ),
    "audit_chain": for_good("digests of rows by their ids, which prove that none was changed"),
    "audit_seals": WORK,
    "audit_backfills": WORK,
}
ENGAGEMENTS = Engagements(
    ends=("state.window.to",), sessions=("state.engagement_id", "state.ends_at")
)


def ends(known: Knowledge) -> dict[str, Ends]:
    """Return what becomes of rows that are not simply deleted."""

    async def matches(ids: Sequence[str]) -> Changes:
        return await blank_matches(ids, known)

    async def sessions(ids: Sequence[str]) -> Changes:
        return await blank_sessions(ids, known)

    return {"matches": matches, "sessions": sessions}
