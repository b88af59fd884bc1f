"""The two doors of intake, HTTP and AMQP, as something a batch of texts is handed to."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from cli.outcomes import Finding, Outcome, Status
from shared.contracts.submissions import Fault


class Parcel(Protocol):
    """One event to send: its text, and what is known of it."""

    @property
    def text(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def type(self) -> str | None: ...


class Result(BaseModel):
    """What intake answers to one event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | None = None
    status: Status
    duplicate: bool = False
    submission_id: str | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    def outcome(self, unit: str, number: int, event_id: str | None) -> Outcome:
        """Put it beside the place in the file."""
        findings = (Finding(f.pointer, f.code, f.sentence) for f in self.faults)
        return Outcome(
            unit,
            number,
            event_id or self.id,
            self.status,
            findings=tuple(findings),
            notes=self.notes,
            submission_id=self.submission_id,
            duplicate=self.duplicate,
        )


class Door(Protocol):
    """Sends events of one publisher; returns a result for each, in the same order."""

    most_events: ClassVar[int]
    most_characters: ClassVar[int]

    def submit(self, parcels: Sequence[Parcel]) -> list[Result]: ...
    def close(self) -> None: ...


def rejected(code: str, sentence: str, pointer: str = "") -> Result:
    """Say that an event was refused before intake could."""
    fault = Fault(pointer=pointer, code=code, sentence=sentence)
    return Result(status=Status.REJECTED, faults=(fault,))
