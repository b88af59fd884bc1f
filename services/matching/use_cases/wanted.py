"""Asking for draws: any number of messages may ask for one."""

from datetime import datetime

from shared.changes import Due
from shared.contracts.base import Event

DRAWS = "draws"


def draw_wanted(engagement_id: str, cause: Event, *, at: datetime, key: str | None = None) -> Due:
    """Ask for a draw; what is asked under one key is drawn once."""
    about = {
        "engagement_id": engagement_id,
        "causation_id": cause.id,
    }
    return Due(DRAWS, key or engagement_id, at, about, together=engagement_id)
