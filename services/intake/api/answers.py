"""What intake answers over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from services.intake.domain.submissions import Quarantined
from services.intake.use_cases.receiving import Received
from services.intake.use_cases.states import faults_said
from shared.contracts.base import Model
from shared.contracts.submissions import Fault


class Result(Model):
    """What became of one event. A duplicate has the answer that its first copy got."""

    id: str
    status: Literal["accepted", "rejected"]
    duplicate: bool = False
    submission_id: str
    aggregate_id: str | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


class Results(Model):
    """One result per event, in the order in which they were sent."""

    results: tuple[Result, ...]


class QuarantinedAnswer(Model):
    """A rejected event, without its body."""

    submission_id: str
    id: str
    type: str
    faults: tuple[Fault, ...]
    received_at: datetime
    kept_until: datetime


class QuarantineAnswer(Model):
    """A page of rejected events, newest first; `next` is the `skip` of the next page."""

    items: tuple[QuarantinedAnswer, ...]
    next: int | None = None


def result(received: Received) -> Result:
    """Return the answer to one event."""
    submission = received.submission
    return Result(
        id=submission.event_id,
        status="accepted" if submission.status == "accepted" else "rejected",
        duplicate=received.is_duplicate,
        submission_id=submission.id,
        aggregate_id=submission.aggregate_id,
        faults=faults_said(submission.faults),
        notes=submission.notes,
    )


def results(received: Sequence[Received]) -> Results:
    """Return the answer to a batch."""
    return Results(results=tuple(result(each) for each in received))


def quarantined(item: Quarantined) -> QuarantinedAnswer:
    """Return what is told of a rejected event."""
    return QuarantinedAnswer(
        submission_id=item.id,
        id=item.event_id,
        type=item.type,
        faults=faults_said(item.faults),
        received_at=item.received_at,
        kept_until=item.until,
    )
