"""What became of each thing sent, and how it is reported."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cli.errors import DONE, REFUSED, UNREACHABLE
from cli.terminal import show, show_json


class Status(StrEnum):
    """What became of it. `unanswered`: it lies safely in the queue, its answer is yet to come."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"


STYLES = {
    Status.ACCEPTED: "green",
    Status.REJECTED: "red",
    Status.UNANSWERED: "yellow",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault at a place that the sender knows: a column's heading, or the JSON pointer."""

    pointer: str
    code: str
    sentence: str
    heading: str | None = None

    @property
    def place(self) -> str:
        return self.heading or self.pointer or "the whole"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line, event or row (`unit`) of a file."""

    unit: str
    number: int
    event_id: str | None
    status: Status
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    submission_id: str | None = None
    duplicate: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        return {
            self.unit: self.number,
            "id": self.event_id,
            "status": self.status.value,
            "duplicate": self.duplicate,
            "submission_id": self.submission_id,
            "faults": [_finding_json(finding) for finding in self.findings],
            "notes": list(self.notes),
        }

    def show(self) -> None:
        """Print it for people."""
        name = f"  {self.event_id}" if self.event_id else ""
        again = "  (sent before)" if self.duplicate else ""
        line = f"{self.status.value:<10} {self.unit} {self.number}{name}{again}"
        show(line, STYLES[self.status])
        for finding in self.findings:
            show(f"           {finding.place}: {finding.sentence}")
        for note in self.notes:
            show(f"           note: {note}")


class Report:
    """Prints outcomes as they come, and the sum at the end."""

    def __init__(
        self, *, as_json: bool, only_findings: bool = False, only_checked: bool = False
    ) -> None:
        self._as_json = as_json
        self._only_findings = only_findings
        self._verb = "would be " if only_checked else ""
        self._counts: Counter[Status] = Counter()
        self._duplicates = 0

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Print and count."""
        for outcome in outcomes:
            self._counts[outcome.status] += 1
            self._duplicates += outcome.duplicate
            if self._as_json:
                show_json(outcome.as_json())
            elif outcome.findings or outcome.notes or not self._only_findings:
                outcome.show()

    def close(self) -> int:
        """Print the sum and return the exit code."""
        if not self._as_json:
            counted = ", ".join(
                f"{count} {self._verb}{s}" for s in Status if (count := self._counts[s])
            )
            again = f" ({self._duplicates} of them sent before)" if self._duplicates else ""
            show(f"{self._counts.total()} in all{counted and ': '}{counted}{again}")
        if self._counts[Status.REJECTED]:
            return REFUSED
        return UNREACHABLE if self._counts[Status.UNANSWERED] else DONE


def _finding_json(finding: Finding) -> dict[str, str]:
    told = {"pointer": finding.pointer, "code": finding.code, "sentence": finding.sentence}
    return told if finding.heading is None else {"column": finding.heading, **told}
