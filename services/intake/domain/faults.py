"""What is wrong with a submission: where, which kind, and a sentence that never repeats a value."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.errors import MalformedError

MOST_FAULTS = 100
SHOWN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_-]{0,59}\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place; `pointer` is a JSON pointer into the event."""

    pointer: str
    code: str
    sentence: str


class UnreadableError(MalformedError):
    """The body cannot be read as JSON at all, or only as JSON that nobody should send."""

    code = "unreadable"

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("the body cannot be read")
        self.faults = limited(faults)


@dataclass(slots=True)
class Report:
    """Collects the faults of one submission, and the notes on what was done unasked."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, pointer: str, code: str, sentence: str) -> None:
        """Add a fault, once."""
        fault = Fault(pointer, code, sentence)
        if fault not in self.faults:
            self.faults.append(fault)

    def note(self, sentence: str) -> None:
        """Add a note for the publisher."""
        self.notes.append(sentence)


def is_shown(name: str) -> bool:
    """Whether a field's name may be repeated: a publisher may have put a person's name there."""
    return SHOWN_NAME.match(name) is not None


def pointer(*parts: str | int) -> str:
    """Return a JSON pointer; a name that is not plainly one of a field ends it."""
    path = ""
    for part in parts:
        if isinstance(part, str) and not is_shown(part):
            break
        path += f"/{part}"
    return path


def limited(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return the faults in order, at most MOST_FAULTS of them and a word about the rest."""
    found = tuple(dict.fromkeys(faults))
    if len(found) <= MOST_FAULTS:
        return found
    rest = Fault("", "more", f"{len(found) - MOST_FAULTS} more faults are not listed.")
    return (*found[:MOST_FAULTS], rest)
