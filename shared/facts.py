"""The impurities every event needs, an id and a time, passed in so that tests can pin them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID, uuid4

from shared.contracts.base import Event


class Header(TypedDict):
    """What an event's envelope takes over from its cause."""

    id: str
    source: str
    time: datetime
    hub: str
    correlationid: str
    causationid: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Where ids and times come from; `source` is the service's name."""

    source: str
    new_id: Callable[[], UUID] = uuid4
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def caused_by(self, event: Event) -> Header:
        """Head an event that follows from another one."""
        return Header(
            id=str(self.new_id()),
            source=self.source,
            time=self.now(),
            hub=event.hub,
            correlationid=event.correlationid,
            causationid=event.id,
            traceparent=event.traceparent,
        )

    def started(
        self, hub: str, *, correlation_id: str | None = None, causation_id: str | None = None
    ) -> Header:
        """Head an event that no message caused: a time that came, a person who clicked."""
        event_id = str(self.new_id())
        return Header(
            id=event_id,
            source=self.source,
            time=self.now(),
            hub=hub,
            correlationid=correlation_id or event_id,
            causationid=causation_id,
            traceparent=None,
        )
