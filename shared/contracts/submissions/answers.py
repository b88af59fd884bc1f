"""How intake answers a submission."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.base import Event, Model


class Fault(Model):
    """What is wrong at one place of a submission; the sentence never repeats the value."""

    pointer: str
    code: str
    sentence: str


class SubmissionStatus(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SubmissionState(Model):
    """The answer to one submission; `aggregate_id` is what it made or changed.

    `submission_id` is intake's own id (the address `GET /v1/submissions/{submission_id}`);
    `event_id` is the id that the publisher gave. `notes` say what was done that was not asked,
    such as a person found to be known already.
    """

    submission_id: str
    event_id: str
    publisher: str
    type: str
    status: SubmissionStatus
    aggregate_id: str | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


class SubmissionAnswer(Event):
    """An answer to one publisher, under a key that this publisher alone may read."""

    data: SubmissionState

    @property
    def routing_key(self) -> str:
        """The type, then the publisher's name."""
        return f"{self.TYPE}.{self.data.publisher}"


class SubmissionAccepted(SubmissionAnswer):
    """A submission took effect."""

    TYPE: ClassVar[str] = "wlc.submission.accepted.v1"


class SubmissionRejected(SubmissionAnswer):
    """A submission was refused, kept in quarantine, and can be corrected from there."""

    TYPE: ClassVar[str] = "wlc.submission.rejected.v1"
