"""How long notification keeps what, in the database and in folders of its own."""

from collections.abc import Iterable

from services.notification.ports import Keepsakes
from shared.periods import (
    ENGAGEMENT_DAYS,
    OF_ALL_SERVICES,
    UNTIL_FORGOTTEN,
    WORK,
    Kept,
    Periods,
    dated,
    for_good,
)
from shared.retention import Beside

PERIODS: Periods = {
    **OF_ALL_SERVICES,
    "contacts": UNTIL_FORGOTTEN,
    "participants": Kept(says=f"{UNTIL_FORGOTTEN.says}; then the id"),
    "invitations": dated(
        "answer_by", "sessions.ends_at", setting=ENGAGEMENT_DAYS, after="the last session"
    ),
    "messages": dated(
        "at", setting=ENGAGEMENT_DAYS, after="the message", where={"status": {"$ne": "queued"}}
    ),
    "films": for_good("names nobody"),
    "matches": for_good("names nobody"),
    "sessions": for_good("names nobody"),
    "digests": WORK,
    "receipts": WORK,
    "second_looks": WORK,
    "sends": WORK,
}


def beside(keepsakes: Iterable[Keepsakes]) -> dict[str, Beside]:
    """Return what ends what lies in folders."""
    return {each.called: each.drop_old for each in keepsakes}
