"""An engagement as scheduling knows it."""

from dataclasses import dataclass, replace

from services.scheduling.domain.calendar import Days, Rhythm


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides when and where its sessions can be."""

    window: Days
    rhythm: Rhythm
    online: bool
    in_person: bool
    easting: int | None = None
    northing: int | None = None

    def differs_only_in_window(self, other: "Terms") -> bool:
        """Whether sessions arranged for the other terms stand if they lie in this window."""
        return replace(self, window=other.window) == other


@dataclass(frozen=True, slots=True)
class Payment:
    """What a participant is offered."""

    gbp_per_hour: float | None = None
    time_credits: float | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """The projection; `sequence` is that of the newest event heard, `open` until it is closed."""

    id: str
    sequence: int
    hub: str
    open: bool
    reference: str
    title: str
    description: str
    partner: str
    terms: Terms
    payment: Payment = Payment()
    version: int = 0
