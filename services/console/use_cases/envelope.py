"""What every view takes over from the event that told of it."""

from datetime import UTC, datetime
from typing import TypedDict

from services.console.ports import View
from shared.contracts.base import Event


class Told(TypedDict):
    """What a view takes over from the envelope of its event."""

    version: int
    hub: str
    sequence: int
    at: datetime
    event_id: str
    correlation_id: str
    told_at: datetime


def told_by(event: Event, stored: View | None) -> Told:
    """Return the fields that say which event it was; `stored` is the view it replaces."""
    return Told(
        version=stored.version if stored else 0,
        hub=event.hub,
        sequence=event.sequence,
        at=event.time.astimezone(UTC),
        event_id=event.id,
        correlation_id=event.correlationid,
        told_at=event.time.astimezone(UTC),
    )
