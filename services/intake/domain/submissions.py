"""What became of a submission, and what lies in quarantine."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from services.intake.domain.faults import Fault
from services.intake.domain.people import Sealed

ACCEPTED, REJECTED = "accepted", "rejected"
QUARANTINE_DAYS = 90
UNKNOWN = "unknown"
"""The name under which is kept what nobody can be held to have sent."""

SUBMISSIONS_NAMESPACE = UUID("6f0c0e0e-6f5b-5d0f-9d0c-0b6a5c7a1f21")


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to one event of one publisher; `digest` tells whether the same was sent again."""

    id: str
    publisher: str
    event_id: str
    type: str
    hub: str
    digest: str
    status: str
    received_at: datetime
    aggregate_id: str | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A rejected submission, sealed, kept until corrected or for QUARANTINE_DAYS.

    `own_key`: by a key of its own, which goes with it; else by the one of before, of all of them.
    `about` are the handles of the people it names, so that it goes when one of them is forgotten.
    """

    id: str
    publisher: str
    event_id: str
    type: str
    faults: tuple[Fault, ...]
    body: Sealed
    received_at: datetime
    until: datetime
    about: tuple[str, ...] = ()
    own_key: bool = False
    version: int = 0


def submission_id(publisher: str, event_id: str, digest: str = "") -> str:
    """Return the id of the answer: one for each event id, or each body where that is needed."""
    return str(uuid5(SUBMISSIONS_NAMESPACE, f"{publisher}\n{event_id}\n{digest}"))


def derived_id(kind: str, *parts: str) -> str:
    """Return the id of what follows from a submission, the same however often it is handled."""
    return str(uuid5(SUBMISSIONS_NAMESPACE, "\n".join((kind, *parts))))


def kept_until(received_at: datetime) -> datetime:
    """Return when a quarantined submission is dropped."""
    return received_at + timedelta(days=QUARANTINE_DAYS)
