"""An erasure as the console hears of it: who was told, and which services have forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.topology import ROUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """When a service said that it has forgotten a person, and how much went, by collection."""

    at: datetime
    changed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """An erasure by the participant's id; `asked_at` is None until it was heard of itself."""

    id: str
    hub: str
    asked_at: datetime | None = None
    confirmed: Mapping[str, Confirmation] = field(default_factory=dict)
    version: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """The services that have not confirmed it."""
        return tuple(service for service in ROUTES if service not in self.confirmed)
