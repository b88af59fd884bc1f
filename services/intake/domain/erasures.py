"""Who was to be forgotten, and which services have said that they did."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ErasureCase:
    """An erasure by the participant's id, open until every service has confirmed it.

    Asked for again, as after a restore, it is open again.
    """

    id: str
    hub: str
    asked_at: datetime
    confirmed: Mapping[str, datetime] = field(default_factory=dict)
    done_at: datetime | None = None
    version: int = 0

    def confirmed_by(self, service: str, at: datetime, needed: Collection[str]) -> "ErasureCase":
        """Return the case with what a service said; when all that are needed did, it is done."""
        confirmed = {**self.confirmed, service: at}
        done = set(needed) <= set(confirmed)
        return replace(self, confirmed=confirmed, done_at=(self.done_at or at) if done else None)
