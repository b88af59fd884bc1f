"""Asking for draws: any number of messages may ask for one."""

from collections.abc import Iterable
from datetime import datetime

from services.matching.domain.matches import UNDECIDED, Match
from shared.changes import Due
from shared.contracts.base import Event
from shared.facts import Facts

DRAWS = "draws"


def draw_wanted(engagement_id: str, cause: Event, *, at: datetime, key: str | None = None) -> Due:
    """Ask for a draw; what is asked under one key is drawn once."""
    about = {
        "engagement_id": engagement_id,
        "causation_id": cause.id,
    }
    return Due(DRAWS, key or engagement_id, at, about, together=engagement_id)


def draws_waiting(matches: Iterable[Match | None], cause: Event, facts: Facts) -> list[Due]:
    """Ask for a draw of each of these matches that waits for a decision."""
    waiting = {each.engagement_id for each in matches if each and each.status in UNDECIDED}
    return [draw_wanted(each, cause, at=facts.now()) for each in sorted(waiting)]
